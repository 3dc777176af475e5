import { afterAll, expect, test } from 'vitest';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { REDUCTIONS } from '../../../../shared/train/autodiff/rules/reduce.ts';
import { type GradientCase, testGradients } from '../_check-gradient.ts';

afterAll(closeSharedProcess);

/** Axes as an attribute, as until opset 17 in all but ReduceSum. */
const reduce = (
  op: string,
  attributes: string,
  rest: Partial<GradientCase> = {},
): GradientCase => ({
  graph: `g (float[2,3,4] x) => (float y) { y = ${op} <${attributes}> (x) }`,
  range: [0.5, 2],
  ...rest,
});
const along = (call: string, rest: Partial<GradientCase> = {}): GradientCase => ({
  graph: `g (float[2,3,4] x) => (float[2,3,4] y) { y = ${call} }`,
  ...rest,
});

const CASES: Readonly<Record<string, GradientCase>> = {
  'ReduceSum over all': reduce('ReduceSum', 'keepdims = 0'),
  'ReduceSum over an axis given as input': {
    graph:
      'g (float[2,3,4] x) => (float[2,4] y) <int64[1] a = {-2}> { y = ReduceSum <keepdims = 0> (x, a) }',
    opset: 17,
  },
  'ReduceMean over two axes': reduce('ReduceMean', 'axes = [0, 2]'),
  'ReduceMean, axes not kept': reduce('ReduceMean', 'axes = [1], keepdims = 0'),
  'ReduceMax of values apart': {
    graph: `g (float[2,4] x) => (float[2,1] y) { c = Constant <value = float[4] {0, 9, 3, 6}> ()
      z = Add (x, c) y = ReduceMax <axes = [1]> (z) }`,
  },
  'ReduceMin of values apart': {
    graph: `g (float[2,4] x) => (float[4] y) { c = Constant <value = float[2,1] {0, 9}> ()
      z = Add (x, c) y = ReduceMin <axes = [0], keepdims = 0> (z) }`,
  },
  ReduceSumSquare: reduce('ReduceSumSquare', 'axes = [1]'),
  ReduceL2: reduce('ReduceL2', 'axes = [2], keepdims = 0'),
  ReduceL1: reduce('ReduceL1', 'axes = [0]'),
  ReduceProd: reduce('ReduceProd', 'axes = [1]'),
  'ReduceProd with no zero, one and two': {
    graph: `g (float[3,3] x) => (float[3] y) <float[3,3] c = {1, 2, 3, 0, 1, 2, 0, 0, 1}> {
      z = Add (x, c) y = ReduceProd <axes = [1], keepdims = 0> (z) }`,
    range: [0, 0],
  },
  ReduceLogSumExp: reduce('ReduceLogSumExp', 'axes = [1, 2]'),
  ReduceLogSum: reduce('ReduceLogSum', 'axes = [1]'),
  Softmax: along('Softmax (x)'),
  'Softmax of another axis': along('Softmax <axis = 1> (x)'),
  LogSoftmax: along('LogSoftmax <axis = -1> (x)'),
};

testGradients(CASES);

test('each op has a case', () => {
  const graphs = Object.values(CASES).map(({ graph }) => graph);
  const without = Object.keys(REDUCTIONS).filter(
    (op) => !graphs.some((graph) => new RegExp(`\\b${op} [(<]`).test(graph)),
  );
  expect(without).toEqual([]);
});
