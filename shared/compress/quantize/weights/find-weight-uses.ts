/** Every node that multiplies with, or looks up in, constant float32 weights: bodies of control flow included. */
import { product } from '../../../base/product.ts';
import { floatOf, intOf } from '../../../onnx/attributes.ts';
import type { GraphEditor } from '../../../onnx/graph-editor.ts';
import type { Model, Node } from '../../../onnx/model.ts';
import type { StoredTensor } from '../../../onnx/stored-tensor.ts';
import { elementCount } from '../../../onnx/tensor-data.ts';
import { hasTrait } from '../../../ops/traits.ts';
import { type Scope, scopesOf } from '../int8/scopes.ts';
import type { UseKind } from '../policy.ts';
import type { NodeRef } from './weight-plan.ts';

/** A weight at an input of a node. */
export interface UsedWeight {
  readonly position: number;
  readonly tensor: StoredTensor;
  readonly layout: ChannelLayout;
}

/** Elements as `[outer, channels, inner]`: those of one channel share a scale. */
export interface ChannelLayout {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
  /** The axis that counts channels; recurrent weights count them along axes 0 and 1. */
  readonly axis: number;
  /** Dims of the scales, so that they broadcast against the weights. */
  readonly scaleDims: readonly number[];
}

/** A node with constant weights. */
export interface WeightUse {
  readonly ref: NodeRef;
  readonly kind: UseKind;
  readonly node: Node;
  readonly graph: GraphEditor;
  readonly weights: readonly UsedWeight[];
  /** Of `matmul` and `gemm`: the right operand is a matrix, and nothing but a product and a sum is done. */
  readonly matrix: MatrixUse | string;
}

/** The right operand of a product: `K` is summed over, `N` counts output channels. */
export interface MatrixUse {
  readonly K: number;
  readonly N: number;
  /** Stored as [N, K]. */
  readonly transposed: boolean;
}

/** A node whose weights stay, and why. */
export interface RefusedUse {
  readonly ref: NodeRef;
  readonly node: Node;
  readonly weights: readonly StoredTensor[];
  readonly reason: string;
}

const KINDS: Readonly<
  Record<string, { readonly kind: UseKind; readonly positions: readonly number[] }>
> = {
  MatMul: { kind: 'matmul', positions: [1, 0] },
  Gemm: { kind: 'gemm', positions: [1, 0] },
  Conv: { kind: 'conv', positions: [1] },
  ConvTranspose: { kind: 'conv', positions: [1] },
  LSTM: { kind: 'recurrent', positions: [1, 2] },
  GRU: { kind: 'recurrent', positions: [1, 2] },
  RNN: { kind: 'recurrent', positions: [1, 2] },
  Gather: { kind: 'table', positions: [0] },
};

/** All uses of the model, in order, outer graphs before inner. */
export function findWeightUses(
  model: Model,
  scopes: readonly Scope[] = scopesOf(model),
): { readonly uses: readonly WeightUse[]; readonly refused: readonly RefusedUse[] } {
  const uses: WeightUse[] = [];
  const refused: RefusedUse[] = [];
  for (const scope of scopes) {
    for (const node of scope.graph.nodes()) {
      const found = inspect(scope, node);
      if (!found) continue;
      if ('reason' in found) refused.push(found);
      else uses.push(found);
    }
  }
  return { uses, refused };
}

function inspect(scope: Scope, node: Node): WeightUse | RefusedUse | undefined {
  const { graph } = scope;
  const ref: NodeRef = { scope: scope.key, name: node.outputs[0] ?? '' };
  const refuse = (reason: string, weights: readonly StoredTensor[] = []): RefusedUse => ({
    ref,
    node,
    weights,
    reason,
  });
  const known = node.domain === '' ? KINDS[node.opType] : undefined;
  if (!known) {
    const isWeighted = hasTrait(node, 'weighted') && !hasTrait(node, 'quantization');
    return isWeighted ? refuse(`no form of weights is known for ${node.opType}`) : undefined;
  }
  const { kind, positions } = known;
  const constants = positions.flatMap((position) => {
    const tensor = graph.constant(node.inputs[position] ?? '');
    return tensor ? [{ position, tensor }] : [];
  });
  const isWhole = kind === 'recurrent' ? constants.length === 2 : constants.length > 0;
  // A Gather from a computed table has no weights at all.
  if (!isWhole)
    return kind === 'table' ? undefined : refuse('its weights are computed, not constant');
  if (constants.length === 2 && kind !== 'recurrent')
    return refuse('both of its sides are constant');
  const tensors = constants.map(({ tensor }) => tensor);
  const other = tensors.find((tensor) => tensor.type !== 'float32');
  if (other) {
    const isData = kind === 'table' && !other.type.startsWith('float');
    return isData ? undefined : refuse(`its weights are ${other.type}, not float32`, tensors);
  }
  if (tensors.some((tensor) => elementCount(tensor) === 0))
    return refuse('its weights are empty', tensors);
  const weights: UsedWeight[] = [];
  for (const { position, tensor } of constants) {
    const layout = layoutOf(kind, node, position, tensor.dims);
    if (typeof layout === 'string') return refuse(layout, tensors);
    weights.push({ position, tensor, layout });
  }
  return { ref, kind, node, graph, weights, matrix: matrixOf(node, weights[0]) };
}

function layoutOf(
  kind: UseKind,
  node: Node,
  position: number,
  dims: readonly number[],
): ChannelLayout | string {
  const rank = dims.length;
  switch (kind) {
    case 'matmul':
      // A vector on either side has no axis of channels.
      if (rank < 2) return 'its weights are a vector';
      return channelsAt(dims, position === 1 ? rank - 1 : rank - 2);
    case 'gemm': {
      const isTransposed = intOf(node, position === 1 ? 'transB' : 'transA', 0) !== 0;
      return channelsAt(dims, isTransposed === (position === 1) ? 0 : 1);
    }
    case 'conv':
      return rank < 3
        ? 'its weights do not have the rank of a convolution'
        : channelsAt(dims, node.opType === 'Conv' ? 0 : 1);
    case 'recurrent': {
      const [directions = 0, gates = 0, inner = 0] = dims;
      if (rank !== 3) return 'its weights do not have rank 3';
      return {
        outer: 1,
        channels: directions * gates,
        inner,
        axis: 1,
        scaleDims: [directions, gates, 1],
      };
    }
    case 'table': {
      const axis = intOf(node, 'axis', 0);
      if (rank < 2 || (axis !== 0 && axis !== -rank))
        return 'it does not look up rows of a table of vectors';
      return channelsAt(dims, rank - 1);
    }
  }
}

function channelsAt(dims: readonly number[], axis: number): ChannelLayout {
  return {
    outer: product(dims.slice(0, axis)),
    channels: dims[axis] ?? 1,
    inner: product(dims.slice(axis + 1)),
    axis,
    scaleDims: dims.map((dim, index) => (index === axis ? dim : 1)),
  };
}

/** Why a product cannot be written with other kernels, or its sizes. */
function matrixOf(node: Node, weight: UsedWeight | undefined): MatrixUse | string {
  if (!weight || (node.opType !== 'MatMul' && node.opType !== 'Gemm')) return 'it is no product';
  if (weight.position === 0) return 'its left side is the constant one';
  const [first = 0, second = 0] = weight.tensor.dims;
  if (weight.tensor.dims.length !== 2) return `its weights have rank ${weight.tensor.dims.length}`;
  if (node.opType === 'MatMul') return { K: first, N: second, transposed: false };
  if (floatOf(node, 'alpha', 1) !== 1 || floatOf(node, 'beta', 1) !== 1)
    return 'its alpha or beta is not 1';
  if (intOf(node, 'transA', 0) !== 0) return 'its left side is transposed';
  return intOf(node, 'transB', 0) === 0
    ? { K: first, N: second, transposed: false }
    : { K: second, N: first, transposed: true };
}
