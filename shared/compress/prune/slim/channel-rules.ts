/** The rule of each operator: a written list; elementwise operators are known by their trait. */
import type { Node } from '../../../onnx/model.ts';
import { hasTrait } from '../../../ops/traits.ts';
import { alongAxis, alongGivenAxis, overPlaces, reduce, reduceAxis } from './rules/along-axis.ts';
import { elementwise, unary } from './rules/broadcast.ts';
import { gemm, matMul } from './rules/contraction.ts';
import { conv, convTranspose } from './rules/convolution.ts';
import { gather } from './rules/gather.ts';
import { byChannel, layerNormalization } from './rules/normalize.ts';
import { pad } from './rules/pad.ts';
import { concat, slice, split } from './rules/parts.ts';
import {
  depthToSpace,
  expand,
  resize,
  spaceToDepth,
  squeeze,
  tile,
  transpose,
  unsqueeze,
} from './rules/place.ts';
import { recurrent } from './rules/recurrent.ts';
import { flatten, reshape } from './rules/reshape.ts';
import type { ChannelRule } from './rules/rule.ts';
import { shape } from './rules/shape.ts';

const RULES: Readonly<Record<string, ChannelRule>> = {
  ArgMax: reduceAxis,
  ArgMin: reduceAxis,
  AveragePool: overPlaces,
  BatchNormalization: byChannel,
  Clip: unary,
  Concat: concat,
  Conv: conv,
  ConvTranspose: convTranspose,
  CumSum: alongGivenAxis,
  DepthToSpace: depthToSpace,
  Dropout: unary,
  Expand: expand,
  Flatten: flatten,
  GRU: recurrent,
  Gather: gather,
  Gemm: gemm,
  GlobalAveragePool: overPlaces,
  GlobalLpPool: overPlaces,
  GlobalMaxPool: overPlaces,
  Hardmax: alongAxis(-1),
  InstanceNormalization: byChannel,
  LSTM: recurrent,
  LayerNormalization: layerNormalization,
  LogSoftmax: alongAxis(-1),
  LpNormalization: alongAxis(-1),
  LpPool: overPlaces,
  MatMul: matMul,
  MaxPool: overPlaces,
  Pad: pad,
  RMSNormalization: layerNormalization,
  RNN: recurrent,
  ReduceL1: reduce,
  ReduceL2: reduce,
  ReduceLogSum: reduce,
  ReduceLogSumExp: reduce,
  ReduceMax: reduce,
  ReduceMean: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceSum: reduce,
  ReduceSumSquare: reduce,
  Reshape: reshape,
  Resize: resize,
  Shape: shape,
  Slice: slice,
  Softmax: alongAxis(-1),
  SpaceToDepth: spaceToDepth,
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};

/** `undefined` for an operator of which nothing is known. */
export function channelRule(node: Node): ChannelRule | undefined {
  const isStandard = node.domain === '' || node.domain === 'ai.onnx';
  const rule = isStandard ? RULES[node.opType] : undefined;
  return rule ?? (hasTrait(node, 'elementwise') ? elementwise : undefined);
}
