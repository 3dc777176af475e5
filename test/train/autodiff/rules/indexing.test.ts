import { afterAll, expect, test } from 'vitest';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { INDEXING } from '../../../../shared/train/autodiff/rules/indexing.ts';
import { type GradientCase, gradientError, testGradients } from '../_check-gradient.ts';

afterAll(closeSharedProcess);

const indices = (dims: readonly number[], values: readonly number[]) => ({
  i: { type: 'int64' as const, dims, data: BigInt64Array.from(values, BigInt) },
});

const CASES: Readonly<Record<string, GradientCase>> = {
  'Gather of rows, one twice, one from the end': {
    graph: 'g (float[4,3] x, int64[2,2] i) => (float[2,2,3] y) { y = Gather (x, i) }',
    fixed: indices([2, 2], [0, 2, 2, -1]),
  },
  'Gather along the last axis': {
    graph: 'g (float[2,5] x, int64[3] i) => (float[2,3] y) { y = Gather <axis = 1> (x, i) }',
    fixed: indices([3], [4, 0, 4]),
  },
  'Gather of one': {
    graph: 'g (float[2,5] x, int64 i) => (float[2] y) { y = Gather <axis = -1> (x, i) }',
    fixed: indices([], [3]),
  },
  GatherElements: {
    graph: 'g (float[3,3] x, int64[2,3] i) => (float[2,3] y) { y = GatherElements (x, i) }',
    fixed: indices([2, 3], [0, 1, 2, 0, 0, 2]),
  },
  'ScatterElements over': {
    graph:
      'g (float[3,3] x, int64[1,2] i, float[1,2] u) => (float[3,3] y) { y = ScatterElements <axis = 1> (x, i, u) }',
    fixed: indices([1, 2], [2, 0]),
  },
  'ScatterElements in addition': {
    graph:
      'g (float[3,3] x, int64[2,3] i, float[2,3] u) => (float[3,3] y) { y = ScatterElements <reduction = "add"> (x, i, u) }',
    opset: 18,
    fixed: indices([2, 3], [0, 1, 2, 0, 0, 2]),
  },
  GatherND: {
    graph: 'g (float[3,4] x, int64[3,1] i) => (float[3,4] y) { y = GatherND (x, i) }',
    fixed: indices([3, 1], [2, 0, 2]),
  },
  'GatherND of elements': {
    graph: 'g (float[3,4] x, int64[2,2,2] i) => (float[2,2] y) { y = GatherND (x, i) }',
    fixed: indices([2, 2, 2], [0, 1, 2, 3, 2, 3, -1, 0]),
  },
  'GatherND, a batch beside it': {
    graph:
      'g (float[2,3,4] x, int64[2,2,1] i) => (float[2,2,4] y) { y = GatherND <batch_dims = 1> (x, i) }',
    fixed: indices([2, 2, 1], [2, 2, 0, 1]),
  },
  'ScatterND over': {
    graph:
      'g (float[4,3] x, int64[2,1] i, float[2,3] u) => (float[4,3] y) { y = ScatterND (x, i, u) }',
    fixed: indices([2, 1], [3, 1]),
  },
  'ScatterND in addition': {
    graph:
      'g (float[4,3] x, int64[3,2] i, float[3] u) => (float[4,3] y) { y = ScatterND <reduction = "add"> (x, i, u) }',
    fixed: indices([3, 2], [3, 1, 0, 0, 3, 1]),
  },
  'TopK, values apart': {
    graph: `g (float[2,5] x) => (float[2,2] y) <float[5] c = {0, 9, 3, 12, 6}, int64[1] k = {2}> {
      z = Add (x, c) y, i = TopK (z, k) }`,
  },
  'TopK along the first axis, the least, places unused': {
    graph: `g (float[4,2] x) => (float[2,2] y) <float[4,1] c = {0, 9, 3, 6}, int64[1] k = {2}> {
      z = Add (x, c) y, i = TopK <axis = 0, largest = 0> (z, k) }`,
  },
  ReverseSequence: {
    graph: 'g (float[4,2,3] x, int64[2] i) => (float[4,2,3] y) { y = ReverseSequence (x, i) }',
    fixed: indices([2], [3, 4]),
  },
  'ReverseSequence, the batch first': {
    graph:
      'g (float[2,4] x, int64[2] i) => (float[2,4] y) { y = ReverseSequence <batch_axis = 0, time_axis = 1> (x, i) }',
    fixed: indices([2], [1, 3]),
  },
};

testGradients(CASES);

test('what is not linear is refused by name', async () => {
  const graph =
    'g (float[4] x, int64[1,1] i, float[1] u) => (float[4] y) { y = ScatterND <reduction = "mul"> (x, i, u) }';
  await expect(gradientError({ graph, fixed: indices([1, 1], [0]) })).rejects.toThrow(
    'ScatterND with mul',
  );
});

test('each op has a case', () => {
  const graphs = Object.values(CASES).map(({ graph }) => graph);
  const without = Object.keys(INDEXING).filter(
    (op) => !graphs.some((graph) => new RegExp(`\\b${op} [(<]`).test(graph)),
  );
  expect(without).toEqual([]);
});
