import { expect, it } from 'vitest';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import { channelVector, isReasonable } from '../../../shared/passes/linear/channel-vector.ts';

const vector = (dims: readonly number[], axis: number, rank: number | undefined) => {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const values = Array.from({ length: count }, (_, index) => index + 1);
  return channelVector(float32Tensor('c', dims, values), 3, axis, rank)?.join(' ');
};

it.each([
  [[], -3, 4, '1 1 1'],
  [[1, 1], -3, 4, '1 1 1'],
  [[3, 1, 1], -3, 4, '1 2 3'],
  [[1, 3, 1, 1], -3, 4, '1 2 3'],
  [[3], -1, undefined, '1 2 3'],
  [[1, 1, 3], -1, 3, '1 2 3'],
])('a constant of %j, channels at %i of rank %s', (dims, axis, rank, values) => {
  expect(vector(dims, axis, rank)).toBe(values);
});

it.each([
  ['along another axis', [3], -3, 4],
  ['along two axes', [3, 1, 3], -3, 4],
  ['of another count', [2, 1, 1], -3, 4],
  ['of more dimensions than the value', [1, 1, 3], -1, 2],
  ['of more dimensions than the value may have', [1, 3], -1, undefined],
])('is none %s', (_, dims, axis, rank) => {
  expect(vector(dims, axis, rank)).toBeUndefined();
});

it('refuses numbers that are not finite, or would overflow', () => {
  const reasonable = (...values: number[]) => isReasonable(Float64Array.from(values));
  expect(reasonable(0, -1e6)).toBe(true);
  expect([NaN, -Infinity, 1e30].some((value) => reasonable(1, value))).toBe(false);
});
