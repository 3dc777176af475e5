import { describe, expect, it } from 'vitest';
import { readTensor } from '../../../../shared/formats/tf/proto/tensor.ts';
import { floatValues, readRaw, tensorOf } from '../../../../shared/onnx/tensor-data.ts';
import {
  float,
  floats,
  floatTensor,
  join,
  message,
  number,
  readerOf,
  shape,
  text,
  textTensor,
} from './_wire.ts';

const DTYPE = {
  double: 2,
  int32: 3,
  uint8: 4,
  int8: 6,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  half: 19,
  resource: 20,
  uint32: 22,
  uint64: 23,
  float8: 24,
  int4: 29,
};

const read = (...content: (Uint8Array | readonly number[])[]) => readTensor(readerOf(...content));
const typed = (type: number, dims: number[], ...content: Uint8Array[]) =>
  read(number(1, type), message(2, shape(...dims)), ...content);
const values = (tensor: ReturnType<typeof read>) => {
  if (!tensor) throw new Error('no tensor');
  return Array.from(tensorOf(tensor).data as Float32Array);
};

describe('readTensor', () => {
  it('leaves tensor_content where it is', () => {
    const tensor = typed(1, [2], message(4, floats(1.5, -2)));
    expect(tensor?.storage).toMatchObject({ kind: 'file', range: { length: 8 } });
    expect(values(tensor)).toEqual([1.5, -2]);
  });

  it('leaves a whole list of floats where it is', () => {
    const tensor = read(floatTensor([2], 3, 4));
    expect(tensor?.storage.kind).toBe('file');
    expect(values(tensor)).toEqual([3, 4]);
  });

  it('goes on with the last element', () => {
    expect(values(read(floatTensor([2, 2], 3, 4)))).toEqual([3, 4, 4, 4]);
    expect(values(typed(DTYPE.int32, [3], number(7, -5)))).toEqual([-5, -5, -5]);
    expect(values(read(floatTensor([2])))).toEqual([0, 0]);
  });

  it.each([
    ['int32', DTYPE.int32, message(7, [1, 2]), [1, 2]],
    ['int8', DTYPE.int8, number(7, -3), [-3, -3]],
    ['uint8', DTYPE.uint8, message(7, [200, 1, 3]), [200, 3]],
    ['int64', DTYPE.int64, number(10, -(2n ** 40n)), [-(2n ** 40n), -(2n ** 40n)]],
    ['bool', DTYPE.bool, message(11, [1, 0]), [1, 0]],
    ['uint32', DTYPE.uint32, number(16, 4294967295), [4294967295, 4294967295]],
    ['uint64', DTYPE.uint64, number(17, 2n ** 63n), [2n ** 63n, 2n ** 63n]],
    [
      'double',
      DTYPE.double,
      message(6, new Uint8Array(Float64Array.of(0.1, 0.2).buffer)),
      [0.1, 0.2],
    ],
  ])('%s', (_, type, content, wanted) => {
    expect(values(typed(type, [2], content))).toEqual(wanted);
  });

  it('floats that come one by one', () => {
    expect(values(typed(1, [3], float(5, 1), float(5, 2)))).toEqual([1, 2, 2]);
  });

  it.each([
    ['half', DTYPE.half, 0x3e00],
    ['bfloat16', DTYPE.bfloat16, 0x3fc0],
  ])('%s as bits', (_, type, bits) => {
    const tensor = typed(type, [2], number(13, bits));
    expect(tensor && [...floatValues(tensor)]).toEqual([1.5, 1.5]);
  });

  it('float8 as bytes', () => {
    const tensor = typed(DTYPE.float8, [2], message(18, [0x3c, 0x40]));
    expect(tensor && [...readRaw(tensor)]).toEqual([0x3c, 0x40]);
  });

  it('text', () => {
    expect(values(read(textTensor('a', 'bc')))).toEqual(['a', 'bc']);
    expect(values(typed(7, [3], text(8, 'x')))).toEqual(['x', 'x', 'x']);
    expect(values(typed(7, [2], message(4, [1, 1, 97, 98])))).toEqual(['a', 'b']);
  });

  it.each([
    ['handles', DTYPE.resource],
    ['integers of four bits', DTYPE.int4],
  ])('knows no %s', (_, type) => expect(typed(type, [1], message(4, [1]))).toBeUndefined());

  it.each([
    ['content of another length', [2], message(4, [1, 2, 3])],
    ['a list that is too long', [1], message(5, floats(1, 2))],
    ['a list of half elements', [2], message(5, [1, 2, 3])],
    ['free sizes', [-1], message(5, floats(1))],
    ['impossible sizes', [2 ** 40, 2 ** 40], message(5, floats(1))],
  ])('refuses %s', (_, dims, content) => {
    expect(() => typed(1, dims, content)).toThrow(/no valid TensorFlow file/);
  });

  it('refuses more texts than the shape says', () => {
    expect(() => typed(7, [1], text(8, 'a'), text(8, 'b'))).toThrow('2 texts');
  });

  it('refuses to fill the disk', () => {
    const huge = (): unknown => read(floatTensor([2 ** 30], 1));
    expect(huge).toThrow('one repeated element');
    expect(() => read(join(number(1, 7), message(2, shape(2 ** 30))))).toThrow('MiB of memory');
  });
});
