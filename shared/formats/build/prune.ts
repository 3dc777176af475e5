/** Nodes that nothing reads are left out: shape arithmetic that was followed leaves them behind. */
import { capturedNames, subgraphsOf } from '../../onnx/graph-walk.ts';
import type { Attribute, Graph, Node } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';

/** The graph, and the bodies in it, without nodes and initializers that nothing reads. Nodes stand behind those that they read. */
export function prune(graph: Graph): Graph {
  const read = new Set(graph.outputs.map((output) => output.name));
  const kept: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => read.has(output))) continue;
    const pruned = withPrunedBodies(node);
    kept.push(pruned);
    for (const name of pruned.inputs) read.add(name);
    for (const { graph: body } of subgraphsOf(pruned))
      for (const name of capturedNames(body)) read.add(name);
  }
  const initializers = new Map<string, StoredTensor>();
  for (const [name, tensor] of graph.initializers)
    if (read.has(name)) initializers.set(name, tensor);
  return { ...graph, nodes: kept.reverse(), initializers };
}

function withPrunedBodies(node: Node): Node {
  if (subgraphsOf(node).length === 0) return node;
  const attributes = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes)
    attributes.set(
      name,
      attribute.type === 'graph' ? { ...attribute, value: prune(attribute.value) } : attribute,
    );
  return { ...node, attributes };
}
