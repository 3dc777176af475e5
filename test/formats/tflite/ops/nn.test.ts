import { describe, expect, it } from 'vitest';
import { caseOf, expectSame } from '../_compare.ts';

const nodesOf = async (name: string): Promise<readonly string[]> =>
  (await expectSame(caseOf(name))).graph.nodes.map(({ opType }) => opType);

describe('operators that TensorFlow spells otherwise', () => {
  it.each([
    ['fully_connected', ['Gemm', 'Identity']],
    ['fully_connected_keep_dims', ['MatMul', 'Add', 'Identity']],
    ['fully_connected_flattens', ['Reshape', 'Gemm', 'Identity']],
    ['depthwise_same', ['Transpose', 'Conv', 'Transpose', 'Identity']],
    ['transpose_conv_same', ['Transpose', 'ConvTranspose', 'Transpose', 'Identity']],
    ['hard_swish', ['HardSwish', 'Identity']],
    ['relu_n1_to_1', ['Clip', 'Identity']],
    ['prelu', ['PRelu', 'Identity']],
  ])('%s', async (name, wanted) => {
    expect(await nodesOf(name)).toEqual(wanted);
  });
});
