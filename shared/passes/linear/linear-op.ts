/** Conv, ConvTranspose, Gemm and MatMul by constant weights, as one thing: a linear map with channels in and out. */
import { floatOf, intOf, intsOf, stringOf } from '../../onnx/attributes.ts';
import type { Node } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { isFloat } from '../../rewrite/constants.ts';
import type { GraphContext } from '../../rewrite/graph-context.ts';
import { type Refusal, refuse } from '../../rewrite/refusal.ts';

export const LINEAR_OPS = ['Conv', 'ConvTranspose', 'Gemm', 'MatMul'] as const;

/** A linear node with what folding needs to know of it. */
export interface LinearOp {
  readonly node: Node;
  readonly weight: StoredTensor;
  /** Absent: there is none. MatMul has no place for one. */
  readonly bias: StoredTensor | undefined;
  readonly inChannels: number;
  readonly outChannels: number;
  /** The weight as rows of columns of taps: all taps of a row and column join the same channels. */
  readonly rows: number;
  readonly columns: number;
  readonly taps: number;
  readonly outOf: (row: number, column: number) => number;
  readonly inOf: (row: number, column: number) => number;
  /** Of the output, the axis of the channels from the back: −1 is the last. */
  readonly channelAxis: number;
  /** Rank of the output; `undefined` when not known. */
  readonly rank: number | undefined;
  /** Whether every output sees all taps of the weight: nothing is padded or cropped. */
  readonly seesAll: boolean;
}

/** The node as a {@link LinearOp}; a refusal where its weights are not known or not of a real type. */
export function linearOp(node: Node, context: GraphContext): LinearOp | Refusal {
  const weight = context.constant(node.inputs[1] ?? '');
  if (!weight) return refuse('its weights are computed', node);
  if (!isFloat(weight.type)) return refuse(`its weights are ${weight.type}`, node);
  const biasName = node.inputs[2] ?? '';
  const bias = context.constant(biasName);
  if (biasName !== '' && !bias) return refuse('its bias is computed', node);
  switch (node.opType) {
    case 'Conv':
      return convolution(node, weight, bias);
    case 'ConvTranspose':
      return transposed(node, weight, bias);
    case 'Gemm':
      return gemm(node, weight, bias);
    default:
      return matMul(node, weight, context);
  }
}

const row = (at: number): number => at;
const column = (_: number, at: number): number => at;

/** Rows are outputs, columns the inputs of the row's group. */
function convolution(node: Node, weight: StoredTensor, bias: StoredTensor | undefined): LinearOp {
  const [rows = 0, columns = 0, ...kernel] = weight.dims;
  const groups = intOf(node, 'group', 1);
  const outPerGroup = rows / groups;
  return {
    node,
    weight,
    bias,
    inChannels: columns * groups,
    outChannels: rows,
    rows,
    columns,
    taps: kernel.reduce((product, size) => product * size, 1),
    outOf: row,
    inOf: (output, input) => Math.floor(output / outPerGroup) * columns + input,
    channelAxis: -1 - kernel.length,
    rank: weight.dims.length,
    seesAll: isUnpadded(node),
  };
}

/** Rows are inputs, columns the outputs of the row's group. */
function transposed(node: Node, weight: StoredTensor, bias: StoredTensor | undefined): LinearOp {
  const [rows = 0, columns = 0, ...kernel] = weight.dims;
  const groups = intOf(node, 'group', 1);
  const inPerGroup = rows / groups;
  return {
    node,
    weight,
    bias,
    inChannels: rows,
    outChannels: columns * groups,
    rows,
    columns,
    taps: kernel.reduce((product, size) => product * size, 1),
    outOf: (input, output) => Math.floor(input / inPerGroup) * columns + output,
    inOf: row,
    channelAxis: -1 - kernel.length,
    rank: weight.dims.length,
    // Outputs at the edge gather fewer taps than those in the middle.
    seesAll: false,
  };
}

function isUnpadded(node: Node): boolean {
  const auto = stringOf(node, 'auto_pad', 'NOTSET');
  if (auto === 'VALID') return true;
  return auto === 'NOTSET' && (intsOf(node, 'pads') ?? []).every((pad) => pad === 0);
}

function gemm(
  node: Node,
  weight: StoredTensor,
  bias: StoredTensor | undefined,
): LinearOp | Refusal {
  if (floatOf(node, 'alpha', 1) !== 1 || floatOf(node, 'beta', 1) !== 1)
    return refuse('its alpha or beta is not 1', node);
  const [rows = 0, columns = 0] = weight.dims;
  const isTransposed = intOf(node, 'transB', 0) === 1;
  return {
    node,
    weight,
    bias,
    inChannels: isTransposed ? columns : rows,
    outChannels: isTransposed ? rows : columns,
    rows,
    columns,
    taps: 1,
    outOf: isTransposed ? row : column,
    inOf: isTransposed ? column : row,
    channelAxis: -1,
    rank: 2,
    seesAll: true,
  };
}

function matMul(node: Node, weight: StoredTensor, context: GraphContext): LinearOp | Refusal {
  const rank = context.shapeOf(node.inputs[0] ?? '')?.length;
  const [rows = 0, columns = 0] = weight.dims.slice(-2);
  if (weight.dims.length !== 2) return refuse('its weights are no matrix', node);
  return {
    node,
    weight,
    bias: undefined,
    inChannels: rows,
    outChannels: columns,
    rows,
    columns,
    taps: 1,
    outOf: column,
    inOf: row,
    channelAxis: -1,
    rank,
    seesAll: true,
  };
}
