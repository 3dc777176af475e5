import { expect, it } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import { isAllZero } from '../../../shared/passes/shared/all-zero.ts';
import { graphContextOf } from './_context.ts';

const { context } = graphContextOf(
  parseModel(`
    <ir_version: 8, opset_import: ["": 17]>
    g (float[N,2] x, int64[2] shape) => (y)
    <float[2] zeros = {0, -0.0}, float[2] mixed = {0, 1}, float[0] none = {}, int64[1] first = {0}>
    {
      filled = ConstantOfShape (shape)
      ones = ConstantOfShape <value = float[1] {1.0}> (shape)
      wide = Expand (zeros, shape)
      tall = Unsqueeze (wide, first)
      both = Concat <axis = 0> (wide, filled)
      partly = Concat <axis = 0> (wide, x)
      sum = Add (wide, filled)
      y = Neg (x)
    }
  `),
);

it.each(['zeros', 'none', 'filled', 'wide', 'tall', 'both'])('%s is zero everywhere', (value) => {
  expect(isAllZero(value, context)).toBe(true);
});

it.each(['x', 'mixed', 'ones', 'partly', 'sum', 'nowhere'])('%s need not be', (value) => {
  expect(isAllZero(value, context)).toBe(false);
});
