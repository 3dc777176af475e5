import { describe, expect, it } from 'vitest';
import {
  findWeightedNodes,
  floatAttribute,
  inTensorOrder,
  intAttribute,
  type WeightedNode,
  weightMatrix,
} from '../../../../shared/compress/quantize/int8/weighted-nodes.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import { floatValues } from '../../../../shared/onnx/tensor-data.ts';
import { modelOf } from './_plan.ts';

/** The only weighted node of a graph of one line. */
function only(line: string): WeightedNode {
  const { weighted } = findWeightedNodes(
    modelOf(`g (float[2,2] x) => (float[2,2] y)
    <float[2,3] w = {1,2,3,4,5,6}, float[3] b3 = {1,2,3}, float[2] b2 = {1,2}, float[4,1,1,3] k = {1,2,3,4,5,6,7,8,9,10,11,12}>
    { ${line} }`),
  );
  const [node] = weighted;
  if (!node || weighted.length > 1) throw new Error('not one weighted node');
  return node;
}

describe('findWeightedNodes', () => {
  it.each([
    ['y = MatMul (x, w)', { op: 'MatMul', axis: 1, rows: 3, columns: 2, groups: 1 }],
    ['y = Gemm (x, w, b3)', { op: 'Gemm', axis: 1, rows: 3, columns: 2, groups: 1 }],
    ['y = Gemm <transB = 1> (x, w, b2)', { op: 'Gemm', axis: 0, rows: 2, columns: 3, groups: 1 }],
    ['y = Gemm <transB = 0, alpha = 1.0> (x, w, "")', { axis: 1, rows: 3, bias: null }],
    ['y = Conv (x, k)', { op: 'Conv', axis: 0, rows: 4, columns: 3, groups: 1, bias: null }],
    ['y = Conv <group = 4> (x, k)', { axis: 0, rows: 4, columns: 3, groups: 4 }],
  ])('%s', (line, shape) => {
    expect(only(line)).toMatchObject(shape);
    expect(only(line)).toMatchObject({ ref: { scope: '', name: 'y' }, input: 'x' });
  });

  it('looks into bodies, and sees outer weights from there', () => {
    const { weighted, refused } = findWeightedNodes(
      modelOf(`g (bool flag, float[1,1] x) => (float[1,1] y) <float[1,1] w = {3}> {
        y = If (flag) <
          then_branch = t () => (float[1,1] one) { one = MatMul (x, w) },
          else_branch = e () => (float[1,1] two) { two = MatMul (x, x) }
        >
      }`),
    );
    expect(weighted.map(({ ref, weight }) => [ref.scope, ref.name, weight.name])).toEqual([
      ['y.then_branch/', 'one', 'w'],
    ]);
    expect(refused.map(({ ref }) => ref)).toEqual([{ scope: 'y.else_branch/', name: 'two' }]);
  });

  it.each([
    ['y = MatMul (x, x)', 'its weights are computed, not constant'],
    ['y = MatMul (x, half)', 'its weights are float16, not float32'],
    ['y = MatMul (w, w)', 'its input is constant'],
    ['y = MatMul (x, none)', 'its weights are empty'],
    ['y = MatMul (x, row)', 'its weights have rank 1, and integer kernels take matrices'],
    ['y = MatMul (x, stack)', 'its weights have rank 3, and integer kernels take matrices'],
    ['y = Gemm (x, w, x)', 'its bias is computed, not constant'],
    ['y = Gemm (x, w, row)', undefined],
    ['y = Gemm (x, w, w)', 'its bias does not have one element for each output channel'],
    ['y = Gemm <alpha = 2.0> (x, w)', 'alpha or beta is not 1, which the integer kernel lacks'],
    ['y = Gemm <beta = 0.5> (x, w)', 'alpha or beta is not 1, which the integer kernel lacks'],
    ['y = Gemm <transA = 1> (x, w)', 'its input is transposed, which the integer kernel lacks'],
    ['y = Conv (x, w)', 'its weights do not have the rank of a convolution'],
    ['y = GRU <hidden_size = 2> (x, w, w)', 'onnxruntime has no integer GRU'],
    ['y = my.own.MatMul (x, x)', undefined],
    ['y = Relu (x)', undefined],
  ])('%s: %s', (line, reason) => {
    const { refused } = findWeightedNodes(
      modelOf(`g (float[2,2] x) => (float[2,2] y)
      <float[2,2] w = {1,2,3,4}, float16[2,2] half = {1,2,3,4}, float[2,0] none = {}, float[2] row = {1,2}, float[1,2,2] stack = {1,2,3,4}>
      { ${line} }`),
    );
    expect(refused.map((one) => one.reason)).toEqual(reason === undefined ? [] : [reason]);
  });
});

describe('weightMatrix and inTensorOrder', () => {
  it('have an output channel a row, there and back', () => {
    const node = only('y = MatMul (x, w)');
    const matrix = weightMatrix(node, floatValues(node.weight));
    expect([...matrix]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...inTensorOrder(node, Int8Array.from(matrix))]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...floatValues(node.weight)]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('leave rows as they are where the tensor has them', () => {
    const node = only('y = Gemm <transB = 1> (x, w)');
    expect([...weightMatrix(node, floatValues(node.weight))]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...inTensorOrder(node, Int8Array.of(1, 2, 3, 4, 5, 6))]).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

it('attributes have defaults, also where the type is another', () => {
  const node = makeNode('Op', [], ['y'], { group: 3, alpha: 'half' });
  expect(intAttribute(node, 'group', 1)).toBe(3);
  expect(intAttribute(node, 'other', 1)).toBe(1);
  expect(intAttribute(node, 'alpha', 1)).toBe(1);
  expect(floatAttribute(node, 'group', 0.5)).toBe(0.5);
  expect(
    floatAttribute(
      { ...node, attributes: new Map([['alpha', { type: 'float', value: 0.25 }]]) },
      'alpha',
      0.5,
    ),
  ).toBe(0.25);
});
