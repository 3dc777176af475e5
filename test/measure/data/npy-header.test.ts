import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FettleError, InputError } from '../../../shared/base/errors.ts';
import { parseNpyHeader } from '../../../shared/measure/data/npy-header.ts';
import { npyBytes } from './numpy-files.ts';

const header = (dict: string, version = 1): Uint8Array => {
  const file = new Uint8Array((version === 1 ? 10 : 12) + dict.length);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(file.buffer);
  if (version === 1) view.setUint16(8, dict.length, true);
  else view.setUint32(8, dict.length, true);
  file.set(new TextEncoder().encode(dict), file.length - dict.length);
  return file;
};

describe('parseNpyHeader', () => {
  it.each([
    ['|b1', 'bool', 1],
    ['|i1', 'int8', 1],
    ['|u1', 'uint8', 1],
    ['<i2', 'int16', 2],
    ['<u2', 'uint16', 2],
    ['<i4', 'int32', 4],
    ['<u4', 'uint32', 4],
    ['<i8', 'int64', 8],
    ['<u8', 'uint64', 8],
    ['<f2', 'float16', 2],
    ['<f4', 'float32', 4],
    ['<f8', 'float64', 8],
    ['<U3', 'string', 12],
    ['|S5', 'string', 5],
  ])('knows %s', (descr, type, itemSize) => {
    for (const version of [1, 2, 3] as const) {
      const bytes = new Uint8Array(6 * itemSize);
      const parsed = parseNpyHeader(npyBytes({ descr, shape: [2, 3], bytes, version }), 'x');
      expect(parsed).toMatchObject({ type, itemSize, dims: [2, 3], fortranOrder: false });
      expect(parsed.dataOffset % 64).toBe(0);
      expect(parsed.dataBytes).toBe(6 * itemSize);
    }
  });

  it('reads scalars, one axis, column-major order, big-endian', () => {
    expect(
      parseNpyHeader(npyBytes({ descr: '<f4', shape: [], bytes: new Uint8Array(4) }), 'x').dims,
    ).toEqual([]);
    expect(
      parseNpyHeader(header("{'descr':'>f4','fortran_order':True,'shape':(7,)}"), 'x'),
    ).toMatchObject({
      dims: [7],
      fortranOrder: true,
      bigEndian: true,
    });
    // Python 2 wrote long integers.
    expect(
      parseNpyHeader(header("{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 4L)}"), 'x')
        .dims,
    ).toEqual([3, 4]);
  });

  it.each([
    ["{'descr': '|O', 'fortran_order': False, 'shape': (3,)}", /pickled Python objects/],
    ["{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}", /structured type/],
    ["{'descr': '<c8', 'fortran_order': False, 'shape': (3,)}", /'c8' cannot be fed/],
    [
      "{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (3,)}",
      /structured type|cannot be fed/,
    ],
    ["{'descr': '<f4', 'fortran_order': 1, 'shape': (3,)}", /fortran_order is 1/],
    ["{'descr': '<f4', 'shape': (3,)}", /lacks fortran_order/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}", /its shape is/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 9999999999)}", /claims/],
    [`{'descr': '<f4', 'fortran_order': False, 'shape': (${'1,'.repeat(65)})}`, /rank is 65/],
  ])('refuses %s', (dict, message) => {
    expect(() => parseNpyHeader(header(dict), 'test.npy')).toThrow(message);
    expect(() => parseNpyHeader(header(dict), 'test.npy')).toThrow(/^test\.npy/);
    expect(() => parseNpyHeader(header(dict), 'test.npy')).toThrow(InputError);
  });

  it('refuses a header longer than any real one before reading it', () => {
    const file = header('{}', 2);
    new DataView(file.buffer).setUint32(8, 2 ** 31, true);
    expect(() => parseNpyHeader(file, 'x')).toThrow(/claims 2147483648 bytes/);
  });

  it('gives a header or an error of ours for any bytes', () => {
    const real = npyBytes({ descr: '<f4', shape: [2, 3], bytes: new Uint8Array(24) });
    fc.assert(
      fc.property(fc.nat(real.length - 1), fc.nat(255), fc.nat(real.length), (at, byte, length) => {
        const bytes = real.slice(0, length);
        if (at < length) bytes[at] = byte;
        try {
          const { dims, dataBytes } = parseNpyHeader(bytes, 'x');
          expect(
            dims.every((dim) => Number.isSafeInteger(dim)) && Number.isSafeInteger(dataBytes),
          ).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(FettleError);
        }
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});
