import { afterAll, expect, test } from 'vitest';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { SHAPE_OPS } from '../../../../shared/train/autodiff/rules/shape.ts';
import { type GradientCase, gradientError, testGradients } from '../_check-gradient.ts';

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
const CASES: Readonly<Record<string, GradientCase>> = {
  Reshape: of('2,6', '3,4', 'Reshape (x, s)', 'int64[2] s = {3, 4}'),
  'Reshape of nothing': of('2,0,3', '3,0', 'Reshape <allowzero = 1> (x, s)', 'int64[2] s = {3, 0}'),
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
  Pad: of('2,3', '4,4', 'Pad (x, p)', 'int64[4] p = {1, 0, 1, 1}'),
  'Pad that cuts': of('4,3', '3,4', 'Pad (x, p)', 'int64[4] p = {-1, 0, 0, 1}'),
  'Pad of one axis': of(
    '2,3',
    '2,6',
    'Pad (x, p, v, a)',
    'int64[2] p = {1, 2}, float v = {0.5}, int64[1] a = {1}',
    { opset: 18 },
  ),
  'Pad that reflects': of(
    '2,5',
    '4,9',
    'Pad <mode = "reflect"> (x, p)',
    'int64[4] p = {1, 3, 1, 1}',
  ),
  'Pad with the edge': of('2,3', '5,3', 'Pad <mode = "edge"> (x, p)', 'int64[4] p = {1, 0, 2, 0}'),
  'Pad that wraps': of('4', '7', 'Pad <mode = "wrap"> (x, p)', 'int64[2] p = {2, 1}', {
    opset: 19,
  }),
  Dropout: of('2,3', '2,3', 'Dropout (x)'),
  CastLike: of('3', '3', 'CastLike (x, t)', 'float t = {0}'),
  'CastLike by the type of what is varied': {
    graph:
      'g (float[3] x) => (float[3] y) <int64[3] i = {1, 2, 3}> { c = CastLike (i, x) y = Mul (c, x) }',
  },
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

testGradients(CASES);

test('what is only known when it runs is refused by name', async () => {
  const graph = `g (float[4] x, int64[1] b, int64[1] e) => (float[N] y) { y = Slice (x, b, e) }`;
  const fixed = {
    b: { type: 'int64' as const, dims: [1], data: BigInt64Array.of(0n) },
    e: { type: 'int64' as const, dims: [1], data: BigInt64Array.of(2n) },
  };
  await expect(gradientError({ graph, fixed })).rejects.toThrow('is not fixed');
});

test('each op has a case', () => {
  const graphs = Object.values(CASES).map(({ graph }) => graph);
  const without = Object.keys(SHAPE_OPS).filter(
    (op) => !graphs.some((graph) => new RegExp(`\\b${op} [(<]`).test(graph)),
  );
  expect(without).toEqual([]);
});
