import { describe, expect, it } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import { graphContextOf } from '../../passes/shared/_context.ts';

/** The size of `y` (of so many dimensions) along each axis: a number, `x.1` for a place, `y.0` where nothing is known. */
function shape(node: string, rank: number, inner = ''): string {
  const open = Array.from({ length: rank }, () => '?').join(',');
  const { context } = graphContextOf(
    parseModel(
      `<ir_version: 8, opset_import: ["": 17]>
       g (float[N,3,H,W] x, float[M,3] m, float[K,5] k, float[B] b, int64[2,J] i, float u) => (r)
       <float[${open}] y, int64[?] t, int64[2] s02 = {0,2}, int64[1] last = {-1}, int64[1] one = {1}, float[5,4] w = {${new Array(20).fill(1)}}>
       { ${inner} ${node} r = Neg (y) }`,
    ),
  );
  return (context.dims.shape('y') ?? [])
    .map((size) => (typeof size === 'number' ? `${size}` : `${size.value}.${size.axis}`))
    .join(' ');
}

describe('sizes of outputs', () => {
  it.each([
    ['y = Softmax (x)', 4, 'x.0 3 x.2 x.3'],
    ['y = Conv (x, x)', 4, 'x.0 y.1 y.2 y.3'],
    ['y = GlobalAveragePool (x)', 4, 'x.0 3 1 1'],
    ['y = Transpose <perm = [0,2,3,1]> (x)', 4, 'x.0 x.2 x.3 3'],
    ['y = Transpose (m)', 2, '3 m.0'],
    ['y = Squeeze (x, last)', 3, 'x.0 3 x.2'],
    ['y = Squeeze (x)', 3, 'y.0 y.1 y.2'],
    ['y = Unsqueeze (m, s02)', 4, '1 m.0 1 3'],
    ['y = Flatten (m)', 2, 'm.0 3'],
    ['y = Flatten <axis = 0> (m)', 2, '1 y.1'],
    ['y = Concat <axis = 1> (m, m)', 2, 'm.0 6'],
    ['y = Concat <axis = 0> (m, m)', 2, 'y.0 3'],
    ['y = Concat <axis = -1> (m, w)', 2, '5 7'],
    ['y, z = Split <axis = 1> (x)', 4, 'x.0 y.1 x.2 x.3'],
    ['y = ReduceMean <axes = [-1, 1]> (x)', 4, 'x.0 1 x.2 1'],
    ['y = ReduceSum <keepdims = 0> (x, s02)', 2, '3 x.3'],
    ['y = ReduceMean (x)', 4, 'y.0 y.1 y.2 y.3'],
    ['y = MatMul (k, w)', 2, 'k.0 4'],
    ['y = MatMul (x, m)', 4, 'x.0 3 x.2 3'],
    ['y = MatMul (b, w)', 1, 'y.0'],
    ['y = Gemm <transA = 1, transB = 1> (k, m)', 2, '5 m.0'],
    ['y = Gather <axis = 1> (x, i)', 5, 'x.0 2 i.1 x.2 x.3'],
    ['y = Gather <axis = -1> (m, i)', 3, 'm.0 2 i.1'],
    ['y = Slice (x, one, last, last)', 4, 'x.0 3 x.2 y.3'],
    ['y = Slice (x, one, last)', 4, 'y.0 3 x.2 x.3'],
    ['y = LSTM (x, x, x)', 4, 'x.0 y.1 3 y.3'],
    ['z, y = LSTM (x, x, x)', 3, 'y.0 3 y.2'],
    ['y = LSTM <layout = 1> (x, x, x)', 4, 'y.0 y.1 y.2 y.3'],
  ])('%s', (node, rank, sizes) => {
    expect(shape(node, rank)).toBe(sizes);
  });

  it.each([
    ['y = Add (x, b)', 4, 'x.0 3 x.2 y.3'],
    ['y = Add (x, u)', 4, 'x.0 3 x.2 x.3'],
    ['y = Mul (m, x)', 4, 'x.0 3 y.2 3'],
    ['y = Where (c, x, x)', 4, 'y.0 y.1 y.2 y.3'],
    ['y = Add (m, m)', 2, 'm.0 3'],
  ])('broadcasts: %s', (node, rank, sizes) => {
    expect(shape(node, rank)).toBe(sizes);
  });

  it.each([
    ['Shape (x)', 'y = Reshape (m, t)', 4, 'x.0 3 x.2 x.3'],
    ['Constant <value_ints = [0, -1]> ()', 'y = Reshape (m, t)', 2, 'y.0 y.1'],
    ['Constant <value = int64[2] {0, -1}> ()', 'y = Reshape (m, t)', 2, 'm.0 3'],
    ['Constant <value = int64[3] {0, 0, -1}> ()', 'y = Reshape (x, t)', 3, 'x.0 3 y.2'],
    ['Constant <value = int64[2] {-1, 3}> ()', 'y = Reshape (m, t)', 2, 'm.0 3'],
    ['Constant <value = int64[2] {0, 3}> ()', 'y = Reshape <allowzero = 1> (m, t)', 2, '0 3'],
    ['Shape (x)', 'y = Expand (u, t)', 4, 'x.0 3 x.2 x.3'],
    ['Shape (x)', 'y = Expand (x, t)', 4, 'x.0 3 x.2 x.3'],
    ['Shape (m)', 'y = Expand (x, t)', 4, 'x.0 3 y.2 y.3'],
    ['Shape (m)', 'y = ConstantOfShape (t)', 2, 'm.0 3'],
  ])('t = %s, %s', (computed, node, rank, sizes) => {
    expect(shape(node, rank, `t = ${computed}`)).toBe(sizes);
  });

  it('pads and crops what it knows', () => {
    const pads = (amounts: string) =>
      shape('y = Pad (x, t)', 4, `t = Constant <value = int64[8] {${amounts}}> ()`);
    expect(pads('0,1,0,0,0,1,2,0')).toBe('x.0 5 y.2 x.3');
    // One cropped, one added: the size is the same, the place is not followed.
    expect(pads('0,-1,-1,0,0,1,1,0')).toBe('x.0 3 y.2 x.3');
  });
});
