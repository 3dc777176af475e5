import { expect, it } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import { isNeverNegative } from '../../../shared/passes/shared/non-negative.ts';
import { graphContextOf } from './_context.ts';

const proven = (nodes: string): boolean => {
  const names = [...nodes.matchAll(/(\w+) =/g)].map(([, name]) => `float[2,2,4,4] ${name}`);
  const { context } = graphContextOf(
    parseModel(
      `<ir_version: 8, opset_import: ["": 13]>
       g (float[2,2,4,4] x, uint8[2] u, int32[2] i) => (y)
       <float zero = {0}, float six = {6}, float minus = {-1}, ${names.join(', ')}> { ${nodes} }`,
    ),
  );
  return isNeverNegative('y', context);
};

it.each([
  ['y = Relu (x)'],
  ['y = Clip (x, zero, six)'],
  ['y = Clip (x, zero)'],
  ['y = Mul (x, x)'],
  ['a = Sigmoid (x) y = Add (a, six)'],
  ['a = Exp (x) b = Mul (a, x) y = Max (a, x)'],
  ['a = Abs (x) y = MaxPool <kernel_shape = [2,2], pads = [1,1,1,1]> (a)'],
  ['a = Abs (x) b = Transpose (a) y = Concat <axis = 0> (a, b)'],
])('proves %s', (nodes) => {
  expect(proven(nodes)).toBe(true);
});

it.each([
  ['y = Neg (x)'],
  ['y = LeakyRelu (x)'],
  ['y = Clip (x)'],
  ['y = Clip (x, minus, six)'],
  ['y = Clip (x, six, minus)'],
  ['a = Relu (x) y = Add (a, minus)'],
  ['a = Relu (x) y = Sub (a, six)'],
  ['a = Relu (x) y = Concat <axis = 0> (a, x)'],
  ['y = ReduceMax (x)'],
  ['a = Relu (x) y = MaxPool <kernel_shape = [2,2], ceil_mode = 1> (a)'],
])('does not prove %s', (nodes) => {
  expect(proven(nodes)).toBe(false);
});
