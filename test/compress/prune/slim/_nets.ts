/** Small networks in which channels hang together in all the ways that rules know. */
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import { float32Tensor, int64Tensor } from '../../../../shared/onnx/make-tensor.ts';
import type { Model, Node } from '../../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../../shared/onnx/stored-tensor.ts';
import { float32, modelOf, normals } from '../../quantize/_numeric.ts';

/** Normal numbers of the size that keeps sums of products as large as their inputs; seeded by the name. */
export function w(name: string, ...dims: number[]): StoredTensor {
  const count = dims.reduce((all, dim) => all * dim, 1);
  const seed = [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
  const scale = Math.sqrt(1 / Math.max(1, count / (dims[0] ?? 1)));
  return float32Tensor(
    name,
    dims,
    normals(count, seed).map((value) => value * scale + 0.1 * scale),
  );
}

/** Positive numbers: variances. */
const positive = (name: string, size: number): StoredTensor =>
  float32Tensor(
    name,
    [size],
    normals(size, name.length).map((value) => 0.5 + value * value),
  );

export const ints = (name: string, ...values: number[]): StoredTensor =>
  int64Tensor(name, [values.length], values);

export const PADS = { pads: [1, 1, 1, 1] };

/** A model of nodes with one input and output. */
export const net = (
  input: readonly number[],
  output: readonly (number | string)[],
  initializers: readonly StoredTensor[],
  ...nodes: readonly Node[]
): Model => modelOf(nodes, [float32('x', input)], [float32('y', output)], initializers);

export const n = makeNode;
export const IMAGE = [2, 3, 6, 6];

export const PLAIN = net(
  IMAGE,
  [2, 4, 6, 6],
  [w('a', 8, 3, 3, 3), w('ab', 8), w('c', 4, 8, 1, 1)],
  n('Conv', ['x', 'a', 'ab'], ['h'], PADS),
  n('Sigmoid', ['h'], ['s']),
  n('Conv', ['s', 'c'], ['y']),
);

/** Queries, keys and values of two tokens' streams, by whatever way heads are cut. */
function attention(qkv: readonly Node[], weights: readonly StoredTensor[]): Model {
  return net(
    [2, 5, 12],
    [2, 5, 12],
    [...weights, w('o', 24, 12), ints('back', 0, 0, -1)],
    ...qkv,
    n('MatMul', ['q', 'k'], ['scores']),
    n('Softmax', ['scores'], ['p']),
    n('MatMul', ['p', 'v'], ['mixed']),
    n('Transpose', ['mixed'], ['turned'], { perm: [0, 2, 1, 3] }),
    n('Reshape', ['turned', 'back'], ['joined']),
    n('MatMul', ['joined', 'o'], ['out']),
    n('Add', ['out', 'x'], ['y']),
  );
}

const headed = (of: string, to: string, perm: readonly number[]): readonly Node[] => [
  n('MatMul', ['x', `${of}w`], [`${of}0`]),
  n('Add', [`${of}0`, `${of}b`], [`${of}1`]),
  n('Reshape', [`${of}1`, 'heads'], [`${of}2`]),
  n('Transpose', [`${of}2`], [to], { perm }),
];

export const NETS: Readonly<Record<string, Model>> = {
  plain: PLAIN,
  'batch normalization and PRelu': net(
    IMAGE,
    [2, 4, 6, 6],
    [
      w('a', 8, 3, 3, 3),
      w('s', 8),
      w('b', 8),
      w('m', 8),
      positive('v', 8),
      w('p', 8, 1, 1),
      w('c', 4, 8, 1, 1),
    ],
    n('Conv', ['x', 'a'], ['h'], PADS),
    n('BatchNormalization', ['h', 's', 'b', 'm', 'v'], ['z']),
    n('PRelu', ['z', 'p'], ['r']),
    n('Conv', ['r', 'c'], ['y']),
  ),
  'residual sums': net(
    IMAGE,
    [2, 4, 1, 1],
    [
      w('a', 8, 3, 3, 3),
      w('b', 12, 8, 3, 3),
      w('c', 8, 12, 1, 1),
      w('d', 8, 8, 3, 3),
      w('e', 4, 8, 1, 1),
    ],
    n('Conv', ['x', 'a'], ['s0'], PADS),
    n('Conv', ['s0', 'b'], ['h0'], PADS),
    n('Relu', ['h0'], ['h1']),
    n('Conv', ['h1', 'c'], ['h2']),
    n('Add', ['h2', 's0'], ['s1']),
    n('Conv', ['s1', 'd'], ['h3'], PADS),
    n('Add', ['s1', 'h3'], ['s2']),
    n('GlobalAveragePool', ['s2'], ['g']),
    n('Conv', ['g', 'e'], ['y']),
  ),
  concatenations: net(
    IMAGE,
    [2, 4, 6, 6],
    [w('a', 8, 3, 1, 1), w('b', 4, 8, 1, 1), w('c', 6, 12, 3, 3), w('d', 4, 18, 1, 1)],
    n('Conv', ['x', 'a'], ['f']),
    n('Conv', ['f', 'b'], ['g']),
    n('Concat', ['f', 'g'], ['fg'], { axis: 1 }),
    n('Conv', ['fg', 'c'], ['h'], PADS),
    n('Concat', ['fg', 'h'], ['fgh'], { axis: -3 }),
    n('Conv', ['fgh', 'd'], ['y']),
  ),
  'depthwise with a multiplier': net(
    IMAGE,
    [2, 4, 6, 6],
    [w('a', 8, 3, 1, 1), w('d', 16, 1, 3, 3), w('db', 16), w('c', 4, 16, 1, 1)],
    n('Conv', ['x', 'a'], ['f']),
    n('Conv', ['f', 'd', 'db'], ['g'], { ...PADS, group: 8 }),
    n('Conv', ['g', 'c'], ['y']),
  ),
  'many groups': net(
    IMAGE,
    [2, 4, 6, 6],
    [w('a', 12, 3, 1, 1), w('d', 18, 2, 3, 3), w('c', 4, 18, 1, 1)],
    n('Conv', ['x', 'a'], ['f']),
    n('Conv', ['f', 'd'], ['g'], { ...PADS, group: 6 }),
    n('Conv', ['g', 'c'], ['y']),
  ),
  'two groups': net(
    IMAGE,
    [2, 4, 6, 6],
    [w('a', 12, 3, 1, 1), w('d', 8, 6, 3, 3), w('c', 4, 8, 1, 1)],
    n('Conv', ['x', 'a'], ['f']),
    n('Conv', ['f', 'd'], ['g'], { ...PADS, group: 2 }),
    n('Conv', ['g', 'c'], ['y']),
  ),
  'transposed convolutions': net(
    IMAGE,
    [2, 4, 12, 12],
    [
      w('a', 12, 3, 1, 1),
      w('t', 12, 8, 2, 2),
      w('tb', 8),
      w('g', 8, 1, 3, 3),
      w('u', 8, 3, 1, 1),
      w('c', 4, 6, 1, 1),
    ],
    n('Conv', ['x', 'a'], ['f']),
    n('ConvTranspose', ['f', 't', 'tb'], ['g0'], { strides: [2, 2] }),
    n('ConvTranspose', ['g0', 'g'], ['g1'], { ...PADS, group: 8 }),
    n('ConvTranspose', ['g1', 'u'], ['g2'], { group: 2 }),
    n('Conv', ['g2', 'c'], ['y']),
  ),
  'squeeze and excitation': net(
    IMAGE,
    [2, 4, 6, 6],
    [
      w('a', 8, 3, 3, 3),
      w('d', 4, 8),
      w('u', 4, 8),
      w('ub', 8),
      ints('shape', 0, 0, 1, 1),
      w('c', 4, 8, 1, 1),
    ],
    n('Conv', ['x', 'a'], ['h'], PADS),
    n('GlobalAveragePool', ['h'], ['g']),
    n('Flatten', ['g'], ['f']),
    n('Gemm', ['f', 'd'], ['q'], { transB: 1 }),
    n('Relu', ['q'], ['r']),
    n('Gemm', ['r', 'u', 'ub'], ['e']),
    n('HardSigmoid', ['e'], ['s']),
    n('Reshape', ['s', 'shape'], ['m']),
    n('Mul', ['h', 'm'], ['z']),
    n('Conv', ['z', 'c'], ['y']),
  ),
  'columns of channels': net(
    IMAGE,
    [2, 4],
    [w('a', 8, 3, 3, 3), w('d', 16, 72), w('db', 16), w('e', 16, 4)],
    n('Conv', ['x', 'a'], ['h'], PADS),
    n('MaxPool', ['h'], ['p'], { kernel_shape: [2, 2], strides: [2, 2] }),
    n('Flatten', ['p'], ['f']),
    n('Gemm', ['f', 'd', 'db'], ['g'], { transB: 1 }),
    n('Relu', ['g'], ['r']),
    n('MatMul', ['r', 'e'], ['y']),
  ),
  'channels last': net(
    [2, 6, 6, 3],
    [2, 4],
    [w('a', 8, 3, 3, 3), w('s', 8), ints('shape', 0, -1), w('d', 288, 4)],
    n('Transpose', ['x'], ['t'], { perm: [0, 3, 1, 2] }),
    n('Conv', ['t', 'a'], ['h'], PADS),
    n('Transpose', ['h'], ['l'], { perm: [0, 2, 3, 1] }),
    n('Add', ['l', 's'], ['b']),
    n('Reshape', ['b', 'shape'], ['f']),
    n('MatMul', ['f', 'd'], ['y']),
  ),
  'padded channels': net(
    IMAGE,
    [2, 4, 6, 6],
    [
      w('a', 8, 3, 1, 1),
      ints('pads', 0, 0, 0, 0, 0, 4, 0, 0),
      w('b', 12, 8, 1, 1),
      w('c', 4, 12, 1, 1),
    ],
    n('Conv', ['x', 'a'], ['f']),
    n('Pad', ['f', 'pads'], ['wide']),
    n('Conv', ['f', 'b'], ['g']),
    n('Add', ['wide', 'g'], ['h']),
    n('Conv', ['h', 'c'], ['y']),
  ),
  'split and sliced': net(
    IMAGE,
    [2, 4, 6, 6],
    [
      w('a', 12, 3, 1, 1),
      ints('sizes', 4, 8),
      w('b', 8, 4, 1, 1),
      ints('from', 2),
      ints('to', 1000),
      ints('one', 1),
      w('c', 4, 14, 1, 1),
    ],
    n('Conv', ['x', 'a'], ['f']),
    n('Split', ['f', 'sizes'], ['l', 'r'], { axis: 1 }),
    n('Conv', ['l', 'b'], ['g']),
    n('Add', ['g', 'r'], ['h']),
    n('Slice', ['h', 'from', 'to', 'one'], ['k']),
    n('Concat', ['h', 'k'], ['z'], { axis: 1 }),
    n('Conv', ['z', 'c'], ['y']),
  ),
  'shuffled channels': net(
    IMAGE,
    [2, 4, 6, 6],
    [
      w('a', 12, 3, 1, 1),
      ints('cut', 0, 6, 2, 6, 6),
      ints('join', 0, 12, 6, 6),
      int64Tensor('order', [12], [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
      w('c', 4, 12, 1, 1),
    ],
    n('Conv', ['x', 'a'], ['f']),
    n('Reshape', ['f', 'cut'], ['g']),
    n('Transpose', ['g'], ['t'], { perm: [0, 2, 1, 3, 4] }),
    n('Reshape', ['t', 'join'], ['h']),
    n('Gather', ['h', 'order'], ['z'], { axis: 1 }),
    n('Conv', ['z', 'c'], ['y']),
  ),
  'moved to places': net(
    IMAGE,
    [2, 4, 12, 12],
    [w('a', 16, 3, 1, 1), w('b', 8, 16, 1, 1), ints('sizes', 2, 8, 12, 12), w('c', 4, 12, 1, 1)],
    n('Conv', ['x', 'a'], ['f']),
    n('DepthToSpace', ['f'], ['d'], { blocksize: 2, mode: 'CRD' }),
    n('Conv', ['f', 'b'], ['g']),
    n('Resize', ['g', '', '', 'sizes'], ['r'], { mode: 'nearest' }),
    n('Concat', ['d', 'r'], ['z'], { axis: 1 }),
    n('Conv', ['z', 'c'], ['y']),
  ),
  'instance normalization': net(
    IMAGE,
    [2, 4],
    [w('a', 8, 3, 3, 3), w('s', 8), w('b', 8), w('c', 8, 4)],
    n('Conv', ['x', 'a'], ['h'], PADS),
    n('InstanceNormalization', ['h', 's', 'b'], ['z']),
    n('Sigmoid', ['z'], ['r']),
    n('ReduceMean', ['r'], ['m'], { axes: [2, 3], keepdims: 0 }),
    n('MatMul', ['m', 'c'], ['y']),
  ),
  'a recurrent reader': net(
    [5, 2, 3],
    [5, 1, 2, 4],
    [w('a', 3, 8), w('ab', 8), w('lw', 1, 16, 8), w('lr', 1, 16, 4)],
    n('MatMul', ['x', 'a'], ['h']),
    n('Add', ['h', 'ab'], ['t']),
    n('LSTM', ['t', 'lw', 'lr'], ['y'], { hidden_size: 4 }),
  ),
  'hidden units behind a layer normalization': net(
    [2, 5, 12],
    [2, 5, 12],
    [w('s', 12), w('b', 12), w('u', 12, 24), w('ub', 24), w('d', 24, 12)],
    n('LayerNormalization', ['x', 's', 'b'], ['z']),
    n('MatMul', ['z', 'u'], ['h']),
    n('Add', ['h', 'ub'], ['g']),
    n('Tanh', ['g'], ['r']),
    n('MatMul', ['r', 'd'], ['o']),
    n('Add', ['o', 'x'], ['y']),
  ),
  'attention heads': attention(
    [
      ...headed('q', 'q', [0, 2, 1, 3]),
      ...headed('k', 'k', [0, 2, 3, 1]),
      ...headed('v', 'v', [0, 2, 1, 3]),
    ],
    [
      ...['q', 'k', 'v'].flatMap((of) => [w(`${of}w`, 12, 24), w(`${of}b`, 24)]),
      ints('heads', 0, 0, 6, 4),
    ],
  ),
  'attention by one product': attention(
    [
      n('MatMul', ['x', 'w'], ['all']),
      n('Reshape', ['all', 'heads'], ['cut']),
      n('Transpose', ['cut'], ['five'], { perm: [2, 0, 3, 1, 4] }),
      n('Gather', ['five', 'i0'], ['q'], { axis: 0 }),
      n('Gather', ['five', 'i1'], ['kk'], { axis: 0 }),
      n('Gather', ['five', 'i2'], ['v'], { axis: 0 }),
      n('Transpose', ['kk'], ['k'], { perm: [0, 1, 3, 2] }),
    ],
    [
      w('w', 12, 72),
      ints('heads', 2, 5, 3, 6, 4),
      int64Tensor('i0', [], [0]),
      int64Tensor('i1', [], [1]),
      int64Tensor('i2', [], [2]),
    ],
  ),
  'weights used twice': net(
    IMAGE,
    [2, 4, 6, 6],
    [w('a', 8, 3, 1, 1), w('s', 8, 8, 1, 1), w('c', 4, 8, 1, 1)],
    n('Conv', ['x', 'a'], ['f']),
    n('Conv', ['f', 's'], ['g']),
    n('Relu', ['g'], ['r']),
    n('Conv', ['r', 's'], ['h']),
    n('Conv', ['h', 'c'], ['y']),
  ),
};
