/** Which nodes of a graph can be computed beforehand, and whether the file stays small. */
import { rawByteLength } from '../../onnx/element-type.ts';
import type { Node } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { isTensorType, storedByteLength } from '../../onnx/tensor-data.ts';
import { hasTrait } from '../../ops/traits.ts';
import type { GraphContext } from '../../rewrite/graph-context.ts';
import type { Growth } from '../../rewrite/pass.ts';
import { refuse } from '../../rewrite/refusal.ts';

/** What to do with one graph. */
export interface Folding {
  /** The nodes that go. */
  readonly nodes: ReadonlySet<Node>;
  /** Values that others still read, to be computed. */
  readonly values: readonly string[];
  /** Values that are constants under another shape: nothing need be computed, nor read. */
  readonly reshaped: ReadonlyMap<string, StoredTensor>;
}

/** About what a node takes in the file: constants up to here never make it grow. */
const NODE_BYTES = 256;

/** A value beyond this would have to pass whole through two processes. */
const MAX_VALUE_BYTES = 256 * 1024 * 1024;

/** Chooses the nodes; those that would make the weights outgrow `growth` are left, the largest first. */
export function planFolding(graph: GraphContext, growth: Growth): Folding {
  const left = new Set<Node>();
  for (;;) {
    const folding = choose(graph, left);
    const added = bytesAdded(graph, folding);
    if (added <= 0 || growth.used + added <= growth.limit) {
      growth.used += added;
      return folding;
    }
    const largest = largestProducer(graph, folding);
    if (!largest) return folding;
    left.add(largest);
    graph.refuse(refuse('its value would make the file grow by more than a tenth', largest));
  }
}

function choose(graph: GraphContext, left: ReadonlySet<Node>): Folding {
  const nodes = new Set<Node>();
  const computed = new Set<string>();
  const reshaped = new Map<string, StoredTensor>();
  for (const node of graph.editor.nodes()) {
    if (left.has(node) || !isFoldable(node, computed, graph)) continue;
    nodes.add(node);
    for (const output of node.outputs) if (output !== '') computed.add(output);
    const tensor = reshapedConstant(node, graph);
    if (tensor) reshaped.set(tensor.name, tensor);
  }
  const needed = [...computed].filter((value) => isNeeded(value, nodes, graph));
  return {
    nodes,
    values: needed.filter((value) => !reshaped.has(value)),
    reshaped: new Map([...reshaped].filter(([value]) => needed.includes(value))),
  };
}

function isFoldable(node: Node, computed: ReadonlySet<string>, graph: GraphContext): boolean {
  if (!hasTrait(node, 'pure') || node.opType === 'Constant' || node.inputs.length === 0)
    return false;
  // Folding what dequantizes would undo the quantization.
  if (hasTrait(node, 'quantization') && node.opType !== 'QuantizeLinear') return false;
  const isConstant = (name: string): boolean =>
    name === '' || computed.has(name) || graph.constant(name) !== undefined;
  if (!node.inputs.every(isConstant)) return false;
  for (const output of node.outputs) {
    const bytes = output === '' ? 0 : bytesOf(output, graph);
    if (bytes === undefined) return false;
    if (bytes > MAX_VALUE_BYTES) {
      graph.refuse(refuse(`its value has ${bytes} bytes`, node));
      return false;
    }
  }
  return true;
}

function bytesOf(value: string, graph: GraphContext): number | undefined {
  const type = graph.elementTypeOf(value);
  const shape = graph.staticShapeOf(value);
  if (!type || !shape || !isTensorType(type)) return undefined;
  return rawByteLength(
    type,
    shape.reduce((product, dim) => product * dim, 1),
  );
}

const SAME_BYTES: ReadonlySet<string> = new Set([
  'Flatten',
  'Identity',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
]);

function reshapedConstant(node: Node, graph: GraphContext): StoredTensor | undefined {
  const [output = ''] = node.outputs;
  const tensor = graph.constant(node.inputs[0] ?? '');
  const dims = graph.staticShapeOf(output);
  if (!tensor || !dims || node.domain !== '' || !SAME_BYTES.has(node.opType)) return undefined;
  return { ...tensor, name: output, dims };
}

function isNeeded(value: string, nodes: ReadonlySet<Node>, { editor }: GraphContext): boolean {
  return editor.isOutput(value) || editor.consumers(value).some((user) => !nodes.has(user));
}

/** What the weights grow by: new values, less the constants that nothing else reads. */
function bytesAdded(graph: GraphContext, { nodes, values, reshaped }: Folding): number {
  const { editor } = graph;
  let added = 0;
  for (const value of [...values, ...reshaped.keys()]) {
    const bytes = bytesOf(value, graph) ?? 0;
    if (bytes > NODE_BYTES) added += bytes;
  }
  for (const [name, tensor] of editor.initializers) {
    const readers = editor.consumers(name);
    const isFreed =
      !editor.isOutput(name) && readers.length > 0 && readers.every((reader) => nodes.has(reader));
    if (isFreed) added -= storedByteLength(tensor);
  }
  return added;
}

function largestProducer(graph: GraphContext, { values, reshaped }: Folding): Node | undefined {
  const sized = [...values, ...reshaped.keys()].map((value) => ({
    value,
    bytes: bytesOf(value, graph) ?? 0,
  }));
  const [largest] = sized.toSorted((a, b) => b.bytes - a.bytes);
  return largest && graph.editor.producer(largest.value);
}
