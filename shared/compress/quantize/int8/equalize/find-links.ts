/**
 * Values whose channels can be scaled without changing what the model computes: one node gives them, and
 * its weights can be divided by what all readers' weights are multiplied with.
 */
import type { GraphEditor } from '../../../../onnx/graph-editor.ts';
import type { Model, Node } from '../../../../onnx/model.ts';
import { elementCount } from '../../../../onnx/tensor-data.ts';
import { keyOf, type Scope, scopesOf } from '../scopes.ts';
import { findWeightedNodes, intAttribute, type WeightedNode } from '../weighted-nodes.ts';

/** A value between weights on both sides. */
export interface Link {
  readonly scope: string;
  /** As its readers see it, behind the ops that pass a positive factor through. */
  readonly value: string;
  /** Where its channels lie. */
  readonly axis: 1 | -1;
  readonly channels: number;
  /** The output of the node with weights, or of the normalization, that gives it. */
  readonly writer: string;
  /** Nodes whose weights multiply it. */
  readonly readers: readonly WeightedNode[];
}

/** f(c·x) = c·f(x) for every c > 0, channel by channel. */
const HOMOGENEOUS = new Set([
  'Relu',
  'LeakyRelu',
  'PRelu',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
]);
const MATRIX_HOMOGENEOUS = new Set(['Relu', 'LeakyRelu']);

/** Of all graphs but bodies of loops, in the order of their readers. */
export function findLinks(model: Model): readonly Link[] {
  const scopes = scopesOf(model).filter(
    ({ path }) => !path.some(({ opType }) => opType === 'Loop' || opType === 'Scan'),
  );
  const { weighted } = findWeightedNodes(model, scopes);
  const byInput = Map.groupBy(weighted, ({ ref, input }) =>
    keyOf({ scope: ref.scope, name: input }),
  );
  const byOutput = new Map(weighted.map((node) => [keyOf(node.ref), node]));
  return scopes.flatMap((scope) =>
    [...byInput.values()].flatMap(
      (readers) => (readers[0]?.ref.scope === scope.key && linkOf(scope, readers, byOutput)) || [],
    ),
  );
}

function linkOf(
  { key, graph }: Scope,
  readers: readonly WeightedNode[],
  weighted: ReadonlyMap<string, WeightedNode>,
): Link | undefined {
  const [first] = readers;
  if (!first) return undefined;
  const value = first.input;
  const channels = inputChannels(first);
  const axis = axisOf(first);
  const uses = graph.uses(value);
  const areAllWeighted =
    uses.length === readers.length &&
    readers.every((reader) => inputChannels(reader) === channels && axisOf(reader) === axis);
  if (!areAllWeighted || graph.isOutput(value)) return undefined;
  const writer = writerOf(graph, value, axis);
  const output = writer?.outputs[0];
  if (!writer || output === undefined) return undefined;
  const known = weighted.get(keyOf({ scope: key, name: output }));
  const given = known && axisOf(known) === axis ? known.rows : normalized(graph, writer, axis);
  return given === channels
    ? { scope: key, value, axis, channels, writer: output, readers }
    : undefined;
}

const axisOf = ({ op }: WeightedNode): 1 | -1 => (op === 'Conv' ? 1 : -1);

function inputChannels({ op, weight, columns, groups }: WeightedNode): number {
  return op === 'Conv' ? (weight.dims[1] ?? 0) * groups : columns;
}

/** Climbs over homogeneous ops that nothing else reads. */
function writerOf(graph: GraphEditor, value: string, axis: 1 | -1): Node | undefined {
  const passed = axis === 1 ? HOMOGENEOUS : MATRIX_HOMOGENEOUS;
  let node = graph.producer(value);
  while (node && node.domain === '' && passed.has(node.opType)) {
    const [input = ''] = node.inputs;
    if (node.outputs.length > 1 || graph.onlyConsumer(input) !== node) return undefined;
    node = graph.producer(input);
  }
  return node?.domain === '' ? node : undefined;
}

/** The channels of a LayerNormalization over the last axis; undefined for other nodes. */
function normalized(graph: GraphEditor, node: Node, axis: 1 | -1): number | undefined {
  if (node.opType !== 'LayerNormalization' || axis !== -1) return undefined;
  if (intAttribute(node, 'axis', -1) !== -1 || node.outputs.length > 1) return undefined;
  const [scale, bias] = node.inputs.slice(1).map((name) => graph.constant(name));
  if (scale?.type !== 'float32' || scale.dims.length !== 1) return undefined;
  if (node.inputs[2] && bias?.type !== 'float32') return undefined;
  return elementCount(scale);
}
