/** The weights that may get zeros: each once, however many nodes read it, and why others stay. */
import { intOf } from '../../onnx/attributes.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import type { Model, Node } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { elementCount } from '../../onnx/tensor-data.ts';
import { keyOf, scopesOf, type ValueRef } from '../quantize/int8/scopes.ts';
import type { InputLayout, KeptLayer, WeightRef } from './prune-plan.ts';

/** A weight that may be pruned. */
export interface PrunableWeight {
  readonly ref: WeightRef;
  readonly tensor: StoredTensor;
  readonly layout: InputLayout;
  /** Nodes that read it, in order; the first names it in plans. */
  readonly uses: readonly PrunableUse[];
}

/** One node that multiplies with a weight. */
export interface PrunableUse {
  readonly node: Node;
  readonly layout: InputLayout;
  /** What it is multiplied with; absent where that has no one axis of channels. */
  readonly input?: ChannelValue;
}

/** A value with channels along the second axis, of a known rank, or along the last one. */
export interface ChannelValue {
  readonly ref: ValueRef;
  readonly channels: number;
  readonly place: { readonly axis: 'second'; readonly rank: number } | { readonly axis: 'last' };
}

export interface PrunableWeights {
  readonly prunable: readonly PrunableWeight[];
  readonly kept: readonly KeptLayer[];
}

/** Smaller ones hold next to nothing, and each of their elements decides much: filters over a few input channels. */
export const LEAST_WEIGHTS = 256;

/** Where the operators have their weights. */
const POSITIONS: Readonly<Record<string, readonly number[]>> = {
  Conv: [1],
  ConvTranspose: [1],
  Gemm: [1, 0],
  MatMul: [1, 0],
  LSTM: [1, 2],
  GRU: [1, 2],
  RNN: [1, 2],
};

interface Found {
  readonly ref: WeightRef;
  readonly tensor: StoredTensor;
  readonly uses: PrunableUse[];
  /** The first weighted node that reads it, and why it stays. */
  reader?: Node;
  readonly reasons: string[];
}

/** Of all graphs of the model, in the order in which they are read. */
export function findPrunable(model: Model): PrunableWeights {
  const scopes = scopesOf(model);
  const keys = new Map(scopes.map(({ graph, key }) => [graph, key]));
  const found = new Map<string, Found>();
  const kept: KeptLayer[] = [];
  const initializerAt = (graph: GraphEditor, name: string): Found | undefined => {
    const definition = name === '' ? undefined : graph.resolve(name);
    if (definition?.kind !== 'initializer' || definition.overridable) return undefined;
    const ref = { scope: keys.get(definition.scope) ?? '', name };
    const known = found.get(keyOf(ref));
    if (known) return known;
    const fresh: Found = { ref, tensor: definition.tensor, uses: [], reasons: [] };
    found.set(keyOf(ref), fresh);
    return fresh;
  };
  for (const { graph, key } of scopes) {
    for (const node of graph.nodes()) {
      const positions = node.domain === '' ? POSITIONS[node.opType] : undefined;
      if (positions && isComputed(graph, node)) kept.push(computedWeights(key, node));
      for (const [position, name] of node.inputs.entries()) {
        const weight = initializerAt(graph, name);
        if (!weight) continue;
        if (!positions?.includes(position)) {
          weight.reasons.push(`${node.opType} reads it, too`);
          continue;
        }
        weight.reader ??= node;
        const use = useOf(key, node, position, weight.tensor);
        if (typeof use === 'string') weight.reasons.push(use);
        else weight.uses.push(use);
      }
    }
    for (const { name } of graph.outputs)
      initializerAt(graph, name)?.reasons.push('it is an output');
  }
  const prunable: PrunableWeight[] = [];
  for (const { ref, tensor, uses, reader, reasons } of found.values()) {
    // A bias, a table, a shape: nothing that a weighted operator multiplies with.
    if (!reader) continue;
    const [reason = whyKept(tensor, uses)] = reasons;
    const [first] = uses;
    if (reason !== undefined)
      kept.push({ ...ref, ...named(reader), weights: elementCount(tensor), reason });
    else if (first) prunable.push({ ref, tensor, layout: first.layout, uses });
  }
  return { prunable, kept };
}

/** How a node stands in plans. */
export const named = ({ opType, name }: Node): { readonly op: string; readonly node: string } => ({
  op: opType,
  node: name,
});

/** Whether a node has weights that are not constant. Two computed sides of a product are no weights. */
function isComputed(graph: GraphEditor, { opType, inputs }: Node): boolean {
  if (opType === 'MatMul' || opType === 'Gemm') return false;
  const definition = graph.resolve(inputs[1] ?? '');
  return definition?.kind !== 'initializer' || definition.overridable;
}

function computedWeights(scope: string, node: Node): KeptLayer {
  const reason = 'its weights are computed, not constant';
  return { scope, name: node.inputs[1] ?? '', ...named(node), weights: 0, reason };
}

function whyKept(tensor: StoredTensor, uses: readonly PrunableUse[]): string | undefined {
  const count = elementCount(tensor);
  if (tensor.type !== 'float32') return `it is ${tensor.type}, not float32`;
  // Zhu and Gupta 2017 leave them out of MobileNets too: about 1 % of the weights, and each filter has few.
  if (
    uses.some(
      ({ node, layout }) => layout.groups > 1 && tensor.dims[1] === 1 && node.opType === 'Conv',
    )
  )
    return 'it is depthwise: each channel has one small filter';
  if (count < LEAST_WEIGHTS) return `it has ${count} weights, too few to prune`;
  return undefined;
}

function useOf(
  scope: string,
  node: Node,
  position: number,
  { dims }: StoredTensor,
): PrunableUse | string {
  const rank = dims.length;
  const value = (name: string | undefined, place: ChannelValue['place'], channels: number) =>
    name ? { input: { ref: { scope, name }, channels, place } } : {};
  const last = { axis: 'last' } as const;
  switch (node.opType) {
    case 'Conv':
    case 'ConvTranspose': {
      if (rank < 3) return 'it does not have the rank of a convolution';
      const isForward = node.opType === 'Conv';
      const groups = intOf(node, 'group', 1);
      const channels = isForward ? (dims[1] ?? 0) * groups : (dims[0] ?? 0);
      // The input channels of a ConvTranspose are one axis, whatever its groups.
      const layout = isForward ? { axis: 1, groups } : { axis: 0, groups: 1 };
      return { node, layout, ...value(node.inputs[0], { axis: 'second', rank }, channels) };
    }
    case 'LSTM':
    case 'GRU':
    case 'RNN': {
      if (rank !== 3) return 'it does not have rank 3';
      // Hidden states of all steps are the output, but for the last one, which weighs little.
      const source = position === 1 ? node.inputs[0] : node.outputs[0];
      return { node, layout: { axis: 2, groups: 1 }, ...value(source, last, dims[2] ?? 0) };
    }
    case 'Gemm': {
      const isTransposed = intOf(node, position === 1 ? 'transB' : 'transA', 0) !== 0;
      const axis = isTransposed === (position === 1) ? 1 : 0;
      const layout = { axis, groups: 1 };
      // The other side lies with channels last unless it is transposed, or the right one.
      const isPlain = position === 1 && intOf(node, 'transA', 0) === 0;
      return { node, layout, ...(isPlain && value(node.inputs[0], last, dims[axis] ?? 0)) };
    }
    default: {
      if (rank < 2) return 'it is a vector';
      const axis = position === 1 ? rank - 2 : rank - 1;
      const isPlain = position === 1 && rank === 2;
      return {
        node,
        layout: { axis, groups: 1 },
        ...(isPlain && value(node.inputs[0], last, dims[axis] ?? 0)),
      };
    }
  }
}
