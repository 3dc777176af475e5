import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tensor, TensorArray, TensorType } from '../../../shared/base/tensor.ts';
import { conversionNote, convertTensor, isSafeCast } from '../../../shared/measure/data/convert.ts';

const tensor = (type: TensorType, data: TensorArray): Tensor => ({
  type,
  dims: [data.length],
  data,
});
const convert = (from: Tensor, to: TensorType) =>
  convertTensor(from, to, 'f: array "x", sample 3').data;

describe('convertTensor', () => {
  it('keeps values, whatever holds them', () => {
    expect(convert(tensor('uint8', Uint8Array.of(0, 255)), 'float32')).toEqual(
      Float32Array.of(0, 255),
    );
    expect(convert(tensor('int64', BigInt64Array.of(-3n, 9n)), 'int32')).toEqual(
      Int32Array.of(-3, 9),
    );
    expect(convert(tensor('int64', BigInt64Array.of(5n)), 'float32')).toEqual(Float32Array.of(5));
    expect(convert(tensor('float32', Float32Array.of(2, 3)), 'int64')).toEqual(
      BigInt64Array.of(2n, 3n),
    );
    expect(convert(tensor('float16', Uint16Array.of(0x3c00, 0xc000)), 'float32')).toEqual(
      Float32Array.of(1, -2),
    );
    expect(convert(tensor('uint64', BigUint64Array.of(2n ** 63n - 1n)), 'int64')).toEqual(
      BigInt64Array.of(2n ** 63n - 1n),
    );
    expect(convert(tensor('bool', Uint8Array.of(1, 0)), 'uint64')).toEqual(
      BigUint64Array.of(1n, 0n),
    );
  });

  it('rounds among floats', () => {
    expect(convert(tensor('float64', Float64Array.of(0.1)), 'float32')).toEqual(
      Float32Array.of(0.1),
    );
    expect(convert(tensor('float32', Float32Array.of(0.1)), 'float16')).toEqual(
      Uint16Array.of(0x2e66),
    );
  });

  it.each<[Tensor, TensorType, RegExp]>([
    [tensor('float32', Float32Array.of(0.5)), 'uint8', /holds 0.5, which is no uint8 value/],
    [tensor('float32', Float32Array.of(Number.NaN)), 'int32', /holds NaN/],
    [tensor('int32', Int32Array.of(300)), 'uint8', /holds 300/],
    [tensor('int32', Int32Array.of(-1)), 'uint64', /holds -1/],
    [tensor('int32', Int32Array.of(2 ** 24 + 1)), 'float32', /holds 16777217/],
    [tensor('int64', BigInt64Array.of(2n ** 53n + 1n)), 'float64', /holds 9007199254740993/],
    [tensor('uint64', BigUint64Array.of(2n ** 64n - 1n)), 'int64', /holds 18446744073709551615/],
    [tensor('float64', Float64Array.of(1e39)), 'float32', /holds 1e\+39/],
    [tensor('float32', Float32Array.of(70000)), 'float16', /holds 70000/],
    [tensor('int32', Int32Array.of(70000)), 'float16', /holds 70000/],
    [tensor('string', ['a']), 'float32', /holds string, the model takes float32/],
  ])('refuses what would change (%#)', (from, to, message) => {
    expect(() => convert(from, to)).toThrow(message);
    expect(() => convert(from, to)).toThrow(/^f: array "x", sample 3/);
  });

  it('never changes an integer it lets through', () => {
    const types = [
      'int8',
      'uint8',
      'int16',
      'uint16',
      'int32',
      'uint32',
      'int64',
      'uint64',
      'float16',
      'float32',
      'float64',
    ] as const;
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.nat(63),
        fc.constantFrom(...types),
        (value, shift, type) => {
          const small = value >> BigInt(shift);
          let converted: Tensor;
          try {
            converted = convertTensor(tensor('int64', BigInt64Array.of(small)), type, 'x');
          } catch {
            return;
          }
          const back = convertTensor(converted, 'int64', 'x').data[0];
          expect(back).toBe(small);
        },
      ),
      { numRuns: 3000, seed: 4 },
    );
  });
});

describe('isSafeCast', () => {
  it('is true exactly where no value can change', () => {
    expect(isSafeCast('uint8', 'float16')).toBe(true);
    expect(isSafeCast('int16', 'float16')).toBe(false);
    expect(isSafeCast('int16', 'float32')).toBe(true);
    expect(isSafeCast('int32', 'float32')).toBe(false);
    expect(isSafeCast('int32', 'float64')).toBe(true);
    expect(isSafeCast('uint8', 'int8')).toBe(false);
    expect(isSafeCast('uint8', 'int16')).toBe(true);
    expect(isSafeCast('float16', 'float32')).toBe(true);
    expect(isSafeCast('float64', 'float32')).toBe(false);
    expect(isSafeCast('string', 'float32')).toBe(false);
  });

  it('goes with a note', () => {
    expect(conversionNote('float32', 'float32')).toBeUndefined();
    expect(conversionNote('uint8', 'float32')).toBe('uint8 is fed as float32');
    expect(conversionNote('float64', 'float32')).toBe('float64 is fed as float32, rounded');
  });
});
