import { describe, expect, it } from 'vitest';
import { elementCount } from '../../../shared/onnx/tensor-data.ts';
import { type LinearOp, linearOp } from '../../../shared/passes/linear/linear-op.ts';
import { counting, graphOf, linearOf } from './_linear.ts';

/** The channels that each element of the weight joins, as `from>to`. */
function joins({ weight, rows, columns, taps, inOf, outOf }: LinearOp): string {
  expect(rows * columns * taps).toBe(elementCount(weight));
  const joined: string[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      joined.push(...Array(taps).fill(`${inOf(row, column)}>${outOf(row, column)}`));
  }
  return joined.join(' ');
}

describe('linearOp', () => {
  it('reads a convolution in groups', () => {
    const linear = linearOf('y = Conv <group = 2> (x, w)', counting('w', [4, 2, 2]), 'N,4,9');
    expect(linear).toMatchObject({ inChannels: 4, outChannels: 4, channelAxis: -2, rank: 3 });
    expect(joins(linear)).toBe('0>0 0>0 1>0 1>0 0>1 0>1 1>1 1>1 2>2 2>2 3>2 3>2 2>3 2>3 3>3 3>3');
  });

  it('reads a transposed convolution in groups', () => {
    const linear = linearOf(
      'y = ConvTranspose <group = 2> (x, w)',
      counting('w', [4, 1, 2]),
      'N,4,9',
    );
    expect(linear).toMatchObject({ inChannels: 4, outChannels: 2, channelAxis: -2, rank: 3 });
    expect(joins(linear)).toBe('0>0 0>0 1>0 1>0 2>1 2>1 3>1 3>1');
    expect(linear.seesAll).toBe(false);
  });

  it('reads matrices, transposed or not', () => {
    const w = counting('w', [2, 3]);
    const straight = '0>0 0>1 0>2 1>0 1>1 1>2';
    const product = linearOf('y = MatMul (x, w)', w, 'N,5,2');
    expect(product).toMatchObject({ inChannels: 2, outChannels: 3, channelAxis: -1, rank: 3 });
    expect(joins(product)).toBe(straight);
    expect(joins(linearOf('y = Gemm (x, w)', w, 'N,2'))).toBe(straight);
    const transposed = linearOf('y = Gemm <transB = 1> (x, w)', w, 'N,3');
    expect(transposed).toMatchObject({ inChannels: 3, outChannels: 2, channelAxis: -1, rank: 2 });
    expect(joins(transposed)).toBe('0>0 1>0 2>0 0>1 1>1 2>1');
  });

  it.each([
    ['', true],
    ['<pads = [0, 0]>', true],
    ['<auto_pad = "VALID">', true],
    ['<pads = [0, 1]>', false],
    ['<auto_pad = "SAME_UPPER">', false],
  ])('knows whether Conv %s sees all taps: %s', (attributes, seesAll) => {
    expect(linearOf(`y = Conv ${attributes} (x, w)`, counting('w', [2, 6, 3])).seesAll).toBe(
      seesAll,
    );
  });

  it.each([
    ['y = Conv (x, x)', 'its weights are computed'],
    ['y = MatMul (x, i)', 'its weights are int32'],
    ['y = MatMul (x, v)', 'its weights are no matrix'],
    ['y = Gemm (x, w, x)', 'its bias is computed'],
    ['y = Gemm <alpha = 0.5> (x, w)', 'its alpha or beta is not 1'],
  ])('refuses %s: %s', (nodes, reason) => {
    const { context, node } = graphOf(
      nodes,
      'int32[2,2] i = {1,2,3,4}, float[2] v = {1,2}, float[2,2] w = {1,2,3,4}',
    );
    expect(linearOp(node('y'), context)).toMatchObject({ reason });
  });
});
