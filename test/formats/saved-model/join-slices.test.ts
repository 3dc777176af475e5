import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../shared/base/errors.ts';
import { Unconvertible } from '../../../shared/formats/build/unconvertible.ts';
import { cutSlice, joinSlices } from '../../../shared/formats/saved-model/join-slices.ts';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import { floatValues } from '../../../shared/onnx/tensor-data.ts';

const whole = float32Tensor('w', [2, 3, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
const all = { start: 0, length: null };
const middle = [all, { start: 1, length: 2 }, all];
const front = [all, { start: 0, length: 1 }, all];

describe('cutSlice', () => {
  it.each([
    ['along the middle', middle, [2, 2, 2], [2, 3, 4, 5, 8, 9, 10, 11]],
    ['along the last', [all, all, { start: 1, length: 1 }], [2, 3, 1], [1, 3, 5, 7, 9, 11]],
    ['along the first', [{ start: 1, length: 1 }, all, all], [1, 3, 2], [6, 7, 8, 9, 10, 11]],
    ['nothing', [all, { start: 2, length: 0 }, all], [2, 0, 2], []],
  ])('%s', (_, slice, dims, values) => {
    const part = cutSlice(whole, slice);
    expect(part.dims).toEqual(dims);
    expect([...floatValues(part)]).toEqual(values);
  });

  it('takes no time for what has no elements', () => {
    const empty = float32Tensor('', [2 ** 40, 0], []);
    expect(floatValues(cutSlice(empty, [{ start: 0, length: 2 ** 39 }, all]))).toHaveLength(0);
  });

  it('refuses what does not lie in it', () => {
    expect(() => cutSlice(whole, [all, { start: 2, length: 2 }, all])).toThrow(ModelError);
  });

  it('does not cut text', () => {
    const text = {
      name: 't',
      type: 'string' as const,
      dims: [1],
      storage: { kind: 'strings' as const, values: [] },
    };
    expect(() => cutSlice(text, [all])).toThrow(Unconvertible);
  });
});

describe('joinSlices', () => {
  const pieces = [middle, front].map((slice) => ({ slice, tensor: cutSlice(whole, slice) }));

  it('puts slices together, in any order', () => {
    const joined = joinSlices({ dims: whole.dims }, pieces, 'w');
    expect([...floatValues(joined)]).toEqual([...floatValues(whole)]);
  });

  it.each([
    ['that leave something out', pieces.slice(0, 1)],
    ['of other sizes', [{ slice: all3(), tensor: float32Tensor('', [12], new Array(12).fill(0)) }]],
    ['that are not there', []],
  ])('refuses slices %s', (_, given) => {
    expect(() => joinSlices({ dims: whole.dims }, given, 'w')).toThrow("the slices of 'w'");
  });
});

function all3() {
  return [all, all, all];
}
