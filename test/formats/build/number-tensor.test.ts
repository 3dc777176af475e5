import { describe, expect, it } from 'vitest';
import { numberTensor } from '../../../shared/formats/build/number-tensor.ts';
import { floatValues, tensorOf } from '../../../shared/onnx/tensor-data.ts';

describe('a constant from numbers', () => {
  it.each([
    ['int8', [-1, 300], [-1, 44]],
    ['uint8', [-1, 300], [255, 44]],
    ['int16', [-1], [-1]],
    ['uint16', [70000], [4464]],
    ['int32', [1.9, -1.9], [1, -1]],
    ['uint32', [-1], [4294967295]],
    ['float32', [0.1], [Math.fround(0.1)]],
    ['float64', [0.1], [0.1]],
    ['bool', [0, 2, -1], [0, 1, 1]],
  ] as const)('of %s', (type, values, expected) => {
    const tensor = numberTensor(values, type);
    expect(tensor.dims).toEqual([values.length]);
    expect(Array.from(tensorOf(tensor).data, Number)).toEqual(expected);
  });

  it('of 64 bits is exact and cut towards 0', () => {
    expect(tensorOf(numberTensor([2 ** 40 + 1, -1.9], 'int64')).data).toEqual(
      BigInt64Array.of(2n ** 40n + 1n, -1n),
    );
    expect(tensorOf(numberTensor([3], 'uint64')).data).toEqual(BigUint64Array.of(3n));
  });

  it('of float16 is rounded', () => {
    expect([...floatValues(numberTensor([0.1, 65504], 'float16'))]).toEqual([
      0.0999755859375, 65504,
    ]);
  });

  it('may have any shape, also none', () => {
    expect(numberTensor([1, 2], 'int32', [2, 1]).dims).toEqual([2, 1]);
    expect(numberTensor([1], 'int32', []).dims).toEqual([]);
  });

  it('of text is a mistake of the caller', () => {
    expect(() => numberTensor([1], 'string')).toThrow(/string/);
  });
});
