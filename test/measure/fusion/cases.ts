/** One op a case, as quantizers place it: asked of the rules and of onnxruntime alike. */
import { float32Tensor, int64Tensor } from '../../../shared/onnx/make-tensor.ts';
import { constantInts, type OpCase } from './qdq-models.ts';

const image = [1, 4, 8, 8];
const kernel = [4, 4, 3, 3];
const conv: OpCase = { opType: 'Conv', activations: [image], weights: [kernel] };
const matMul: OpCase = { opType: 'MatMul', activations: [[2, 4]], weights: [[4, 8]] };
const weightOnly: OpCase = {
  opType: 'MatMul',
  floats: [[2, 64]],
  activations: [],
  weights: [[64, 32]],
  after: 'none',
};
const pool: OpCase = {
  opType: 'MaxPool',
  activations: [image],
  attributes: { kernel_shape: [2, 2] },
};
const reshape: OpCase = {
  opType: 'Reshape',
  activations: [image],
  constants: [constantInts('shape', 1, 256)],
};
const transpose: OpCase = {
  opType: 'Transpose',
  activations: [image],
  attributes: { perm: [0, 2, 3, 1] },
};
const split: OpCase = {
  opType: 'Split',
  activations: [image],
  outputs: 2,
  attributes: { axis: 1 },
  constants: [constantInts('sizes', 2, 2)],
};
const slice: OpCase = {
  opType: 'Slice',
  activations: [image],
  constants: [constantInts('s', 0), constantInts('e', 2), constantInts('a', 1)],
};
const gather: OpCase = {
  opType: 'Gather',
  activations: [image],
  constants: [constantInts('i', 0, 1)],
  attributes: { axis: 1 },
};
const resize: OpCase = {
  opType: 'Resize',
  activations: [image],
  constants: [float32Tensor('roi', [0], []), float32Tensor('scales', [4], [1, 1, 2, 2])],
  attributes: { mode: 'nearest' },
};
const reduceMax: OpCase = {
  opType: 'ReduceMax',
  activations: [image],
  attributes: { axes: [2, 3], keepdims: 1 },
};
const squeeze: OpCase = {
  opType: 'Squeeze',
  activations: [image],
  constants: [constantInts('axes', 0)],
};
const unsqueeze: OpCase = {
  opType: 'Unsqueeze',
  activations: [image],
  constants: [constantInts('axes', 0)],
};
const expand: OpCase = {
  opType: 'Expand',
  activations: [[1, 4, 1, 1]],
  constants: [constantInts('shape', 1, 4, 8, 8)],
};
const tile: OpCase = {
  opType: 'Tile',
  activations: [image],
  constants: [constantInts('repeats', 1, 1, 2, 2)],
};
const gatherElements: OpCase = {
  opType: 'GatherElements',
  activations: [[1, 4]],
  constants: [int64Tensor('i', [1, 2], [0, 1])],
  attributes: { axis: 1 },
};
const depthToSpace: OpCase = {
  opType: 'DepthToSpace',
  activations: [image],
  attributes: { blocksize: 2 },
};
const gemm: OpCase = { opType: 'Gemm', activations: [[2, 4]], weights: [[4, 8]], bias: [8] };
const ones = (name: string, count: number) =>
  float32Tensor(name, [count], new Array(count).fill(1));
const scalar = (name: string, value: number) => float32Tensor(name, [], [value]);
const unary = (opType: string, more: Partial<OpCase> = {}): OpCase => ({
  opType,
  activations: [image],
  ...more,
});
const binary = (opType: string, more: Partial<OpCase> = {}): OpCase => ({
  opType,
  activations: [image, image],
  ...more,
});

export const CASES: Readonly<Record<string, OpCase>> = {
  conv,
  'conv with bias': { ...conv, bias: [4] },
  'conv with float bias': { ...conv, constants: [ones('bias', 4)] },
  'conv per channel': { ...conv, channelAxis: 0 },
  'conv without zero points': { ...conv, noZero: true },
  'conv int8': { ...conv, type: 'int8' },
  'conv uint8 weights': { ...conv, weightType: 'uint8' },
  'conv int8 activations, uint8 weights': { ...conv, type: 'int8', weightType: 'uint8' },
  'conv uint16': { ...conv, type: 'uint16' },
  'conv without Q': { ...conv, after: 'none' },
  'conv that gives the output': { ...conv, after: 'none', tail: false },
  'conv whose DQ gives the output': { ...conv, tail: false },
  'conv, relu within the range': { ...conv, after: 'relu', zero: 0 },
  'conv, relu that cuts': { ...conv, after: 'relu' },
  'conv of two activations': { ...conv, activations: [image, kernel], weights: [] },
  'conv transpose': { ...conv, opType: 'ConvTranspose' },
  'conv, weights alone': { ...conv, floats: [image], activations: [], after: 'none' },
  'conv, weights alone, Q behind': { ...conv, floats: [image], activations: [] },
  matmul: matMul,
  'matmul without Q': { ...matMul, after: 'none' },
  'matmul that gives the output': { ...matMul, after: 'none', tail: false },
  'matmul per channel': { ...matMul, channelAxis: 1 },
  'matmul per channel without Q': { ...matMul, channelAxis: 1, after: 'none' },
  'matmul int8': { ...matMul, type: 'int8' },
  'matmul uint16': { ...matMul, type: 'uint16' },
  'matmul int16 weights': { ...matMul, weightType: 'int16' },
  'matmul of two activations': {
    ...matMul,
    activations: [
      [2, 4],
      [4, 8],
    ],
    weights: [],
  },
  'matmul of rank 3': { ...matMul, activations: [[2, 3, 4]], weights: [[2, 4, 8]], after: 'none' },
  'matmul, weights alone': weightOnly,
  'matmul, weights alone, uint8': { ...weightOnly, weightType: 'uint8' },
  'matmul, weights alone, per channel': { ...weightOnly, channelAxis: 1 },
  'matmul, weights alone, per row': { ...weightOnly, channelAxis: 0 },
  'matmul, weights alone, Q behind': { ...weightOnly, after: 'qdq' },
  'matmul, weights alone, rank 3': { ...weightOnly, floats: [[2, 3, 4]], weights: [[2, 4, 8]] },
  gemm,
  'gemm without Q': { ...gemm, after: 'none' },
  'gemm with float bias': { ...matMul, opType: 'Gemm', constants: [ones('bias', 8)] },
  'gemm with alpha': { ...gemm, attributes: { alpha: 0.5 } },
  'gemm with beta': { ...gemm, attributes: { beta: 0.5 } },
  'gemm, weights alone': { ...weightOnly, opType: 'Gemm' },
  'gemm, weights alone, transposed': {
    ...weightOnly,
    opType: 'Gemm',
    weights: [[32, 64]],
    attributes: { transB: 1 },
  },
  add: binary('Add'),
  'add without Q': binary('Add', { after: 'none' }),
  'add int8': binary('Add', { type: 'int8' }),
  'add uint16': binary('Add', { type: 'uint16' }),
  'add of a float': unary('Add', { floats: [image] }),
  mul: binary('Mul'),
  'mul by a float constant': unary('Mul', { constants: [float32Tensor('k', [], [2])] }),
  relu: unary('Relu'),
  'relu from its zero': unary('Relu', { zero: 0 }),
  'relu from its zero, other scale': unary('Relu', { zero: 0, outScale: 0.1 }),
  'clip that cuts': unary('Clip', { zero: 0, constants: [scalar('low', 0), scalar('high', 6)] }),
  'clip as the range': unary('Clip', {
    zero: 0,
    constants: [scalar('low', 0), scalar('high', 13)],
  }),
  sub: binary('Sub'),
  div: binary('Div'),
  max: binary('Max'),
  concat: binary('Concat', { attributes: { axis: 1 } }),
  'concat with a float': unary('Concat', { floats: [image], attributes: { axis: 1 } }),
  split,
  'split, other scale': { ...split, outScale: 0.1 },
  'split uint16': { ...split, type: 'uint16' },
  'split without Q': { ...split, after: 'none' },
  'average pool': unary('AveragePool', { attributes: { kernel_shape: [2, 2] } }),
  'global average pool': unary('GlobalAveragePool'),
  'global average pool without Q': unary('GlobalAveragePool', { after: 'none' }),
  'leaky relu': unary('LeakyRelu'),
  'leaky relu uint16': unary('LeakyRelu', { type: 'uint16' }),
  sigmoid: unary('Sigmoid'),
  softmax: { opType: 'Softmax', activations: [[1, 8]] },
  'softmax without Q': { opType: 'Softmax', activations: [[1, 8]], after: 'none' },
  tanh: unary('Tanh'),
  'hard swish': unary('HardSwish'),
  'max pool': pool,
  'max pool, other scale': { ...pool, outScale: 0.1 },
  'max pool uint16': { ...pool, type: 'uint16' },
  'max pool without Q': { ...pool, after: 'none' },
  reshape,
  'reshape, other scale': { ...reshape, outScale: 0.1 },
  'reshape without Q': { ...reshape, after: 'none' },
  'reshape uint16': { ...reshape, type: 'uint16' },
  transpose,
  'transpose uint16': { ...transpose, type: 'uint16' },
  'transpose without Q': { ...transpose, after: 'none' },
  squeeze,
  'squeeze uint16': { ...squeeze, type: 'uint16' },
  'squeeze without Q': { ...squeeze, after: 'none' },
  unsqueeze,
  'unsqueeze uint16': { ...unsqueeze, type: 'uint16' },
  'unsqueeze without Q': { ...unsqueeze, after: 'none' },
  flatten: unary('Flatten'),
  'flatten uint16': unary('Flatten', { type: 'uint16' }),
  'flatten without Q': unary('Flatten', { after: 'none' }),
  slice,
  'slice uint16': { ...slice, type: 'uint16' },
  'slice without Q': { ...slice, after: 'none' },
  gather,
  'gather uint16': { ...gather, type: 'uint16' },
  'gather without Q': { ...gather, after: 'none' },
  'gather from a table': {
    opType: 'Gather',
    activations: [],
    weights: [[16, 8]],
    constants: [constantInts('i', 0, 1)],
    after: 'none',
  },
  'gather elements': gatherElements,
  'gather elements uint16': { ...gatherElements, type: 'uint16' },
  expand,
  'expand uint16': { ...expand, type: 'uint16' },
  'expand without Q': { ...expand, after: 'none' },
  tile,
  'tile uint16': { ...tile, type: 'uint16' },
  resize,
  'resize, linear': { ...resize, attributes: { mode: 'linear' } },
  'resize uint16': { ...resize, type: 'uint16' },
  'resize without Q': { ...resize, after: 'none' },
  'reduce max': reduceMax,
  'reduce max, other scale': { ...reduceMax, outScale: 0.1 },
  'reduce max uint16': {
    ...reduceMax,
    type: 'uint16',
    attributes: { keepdims: 1 },
    constants: [constantInts('axes', 2, 3)],
  },
  'reduce min': { ...reduceMax, opType: 'ReduceMin' },
  'reduce mean': { ...reduceMax, opType: 'ReduceMean' },
  'depth to space': depthToSpace,
  'depth to space uint16': { ...depthToSpace, type: 'uint16' },
  'space to depth': { ...depthToSpace, opType: 'SpaceToDepth' },
  argmax: { opType: 'ArgMax', activations: [[1, 8]], attributes: { axis: 1 }, after: 'none' },
  'argmax uint16': {
    opType: 'ArgMax',
    activations: [[1, 8]],
    attributes: { axis: 1 },
    after: 'none',
    type: 'uint16',
  },
  pad: unary('Pad', { constants: [constantInts('pads', 0, 0, 1, 1, 0, 0, 1, 1)] }),
  'layer normalization': {
    opType: 'LayerNormalization',
    activations: [[1, 4, 8]],
    constants: [ones('g', 8)],
  },
  'instance normalization': unary('InstanceNormalization', {
    constants: [ones('g', 4), ones('b', 4)],
  }),
  'batch normalization': unary('BatchNormalization', {
    constants: ['g', 'b', 'm', 'v'].map((name) => ones(name, 4)),
  }),
};
