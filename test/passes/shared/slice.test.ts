import { expect, it } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import { sliceOf } from '../../../shared/passes/shared/slice.ts';
import { graphContextOf } from './_context.ts';

const parts = (node: string, opset = 13) => {
  const { context, node: of } = graphContextOf(
    parseModel(
      `<ir_version: 8, opset_import: ["": ${opset}]> g (float[4,5,6] x, int64[2] u) => (y)
       <int64[2] starts = {1,-2}, int64[2] ends = {3,9223372036854775807}, int64[2] axes = {-1,0}, int64[2] steps = {2,-1}, int64[1] one = {1}>
       { y = ${node} }`,
    ),
  );
  return sliceOf(of('y'), context)?.map(({ axis, start, end, step }) => [axis, start, end, step]);
};
const END = Number.MAX_SAFE_INTEGER;

it.each([
  [
    'Slice (x, starts, ends)',
    [
      [0, 1, 3, 1],
      [1, -2, END, 1],
    ],
  ],
  [
    'Slice (x, starts, ends, axes)',
    [
      [-1, 1, 3, 1],
      [0, -2, END, 1],
    ],
  ],
  [
    'Slice (x, starts, ends, axes, steps)',
    [
      [-1, 1, 3, 2],
      [0, -2, END, -1],
    ],
  ],
  [
    'Slice (x, starts, ends, , steps)',
    [
      [0, 1, 3, 2],
      [1, -2, END, -1],
    ],
  ],
])('%s', (node, expected) => {
  expect(parts(node)).toEqual(expected);
});

it('reads the attributes of older opsets', () => {
  expect(parts('Slice <starts = [1], ends = [2], axes = [2]> (x)', 9)).toEqual([[2, 1, 2, 1]]);
  expect(parts('Slice <starts = [1, 0], ends = [2, 9]> (x)', 9)).toEqual([
    [0, 1, 2, 1],
    [1, 0, 9, 1],
  ]);
});

it.each([
  ['Slice (x, u, ends)'],
  ['Slice (x, starts, ends, u)'],
  ['Slice (x, starts, ends, axes, u)'],
  ['Slice (x, starts, one)'],
  ['Slice (x, starts, ends, one)'],
])('does not know %s', (node) => {
  expect(parts(node)).toBeUndefined();
});
