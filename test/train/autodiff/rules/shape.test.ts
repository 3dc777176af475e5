import { afterAll, expect, test } from 'vitest';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { SHAPE_OPS } from '../../../../shared/train/autodiff/rules/shape.ts';
import { type GradientCase, gradientError } from '../_check-gradient.ts';

afterAll(closeSharedProcess);

const of = (
  x: string,
  y: string,
  call: string,
  constants = '',
  rest: Partial<GradientCase> = {},
): GradientCase => ({
  graph: `g (float[${x}] x) => (float[${y}] y) ${constants === '' ? '' : `<${constants}>`} { y = ${call} }`,
  ...rest,
});
const indices = (dims: readonly number[], values: readonly number[]) => ({
  i: { type: 'int64' as const, dims, data: BigInt64Array.from(values, BigInt) },
});

const CASES: Readonly<Record<string, GradientCase>> = {
  Reshape: of('2,6', '3,4', 'Reshape (x, s)', 'int64[2] s = {3, 4}'),
  Flatten: of('2,3,2', '2,6', 'Flatten (x)'),
  Squeeze: of('2,1,3', '2,3', 'Squeeze (x, a)', 'int64[1] a = {1}'),
  Unsqueeze: of('2,3', '2,1,3', 'Unsqueeze (x, a)', 'int64[1] a = {1}'),
  Transpose: of('2,3,4', '4,2,3', 'Transpose <perm = [2, 0, 1]> (x)'),
  'Transpose without an order': of('2,3,4', '4,3,2', 'Transpose (x)'),
  Concat: {
    graph: 'g (float[2,3] a, float[2,1] b) => (float[2,7] y) { y = Concat <axis = -1> (a, b, a) }',
  },
  'Slice of a window': of(
    '4,5',
    '2,3',
    'Slice (x, b, e, a)',
    'int64[2] b = {-3, 1}, int64[2] e = {-1, 4}, int64[2] a = {0, 1}',
  ),
  'Slice to the end': of(
    '4,5',
    '4,2',
    'Slice (x, b, e, a)',
    'int64[1] b = {3}, int64[1] e = {9223372036854775807}, int64[1] a = {1}',
  ),
  'Slice with steps, one backwards': of(
    '5,4',
    '2,4',
    'Slice (x, b, e, a, s)',
    'int64[2] b = {1, -1}, int64[2] e = {5, -9}, int64[2] a = {0, 1}, int64[2] s = {2, -1}',
  ),
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
  Pad: of('2,3', '4,4', 'Pad (x, p)', 'int64[4] p = {1, 0, 1, 1}'),
  'Pad that cuts': of('4,3', '3,4', 'Pad (x, p)', 'int64[4] p = {-1, 0, 0, 1}'),
  'Pad of one axis': of(
    '2,3',
    '2,6',
    'Pad (x, p, v, a)',
    'int64[2] p = {1, 2}, float v = {0.5}, int64[1] a = {1}',
    { opset: 18 },
  ),
  Expand: of('3,1', '2,3,4', 'Expand (x, s)', 'int64[3] s = {2, 3, 4}'),
  Tile: of('2,3', '4,9', 'Tile (x, r)', 'int64[2] r = {2, 3}'),
  SpaceToDepth: of('1,2,4,6', '1,8,2,3', 'SpaceToDepth <blocksize = 2> (x)'),
  'DepthToSpace, depth first': of('1,8,2,3', '1,2,4,6', 'DepthToSpace <blocksize = 2> (x)'),
  'DepthToSpace, columns first': of(
    '1,8,2,3',
    '1,2,4,6',
    'DepthToSpace <blocksize = 2, mode = "CRD"> (x)',
  ),
  Cast: of('3', '3', 'Cast <to = 1> (x)'),
  Trilu: of('3,4', '3,4', 'Trilu <upper = 0> (x, k)', 'int64 k = {1}'),
  CumSum: of('2,4', '2,4', 'CumSum <exclusive = 1> (x, a)', 'int64 a = {1}'),
  'CumSum from the end': of('2,4', '2,4', 'CumSum <reverse = 1> (x, a)', 'int64 a = {0}'),
  'Split, one part unused': {
    graph: `g (float[2,6] x) => (float[2,5] y) <int64[3] s = {3, 2, 1}> {
      a, b, c = Split <axis = 1> (x, s) y = Concat <axis = 1> (b, a) }`,
  },
};

test.for(Object.entries(CASES))('%s', async ([, one]) => {
  expect(await gradientError(one)).toBeLessThan(1e-3);
});

test('what is only known when it runs is refused by name', async () => {
  const graph = `g (float[4] x, int64[1] b, int64[1] e) => (float[N] y) { y = Slice (x, b, e) }`;
  const fixed = {
    b: { type: 'int64' as const, dims: [1], data: BigInt64Array.of(0n) },
    e: { type: 'int64' as const, dims: [1], data: BigInt64Array.of(2n) },
  };
  await expect(gradientError({ graph, fixed })).rejects.toThrow('is not fixed');
  const reflected = of('3', '5', 'Pad <mode = "reflect"> (x, p)', 'int64[2] p = {1, 1}');
  await expect(gradientError(reflected)).rejects.toThrow('Pad of mode reflect');
});

test('each op has a case', () => {
  const graphs = Object.values(CASES).map(({ graph }) => graph);
  const without = Object.keys(SHAPE_OPS).filter(
    (op) => !graphs.some((graph) => new RegExp(`\\b${op} [(<]`).test(graph)),
  );
  expect(without).toEqual([]);
});
