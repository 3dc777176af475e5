/** Changed copies of immutable nodes, bodies of control flow included. */
import { DefectError } from '../base/errors.ts';
import { capturedNames, subgraphsOf } from './graph-walk.ts';
import type { Graph, Node } from './model.ts';

/** Names that the node reads: inputs and what its subgraphs capture. Some come twice. */
export function readNames(node: Node): readonly string[] {
  const bodies = subgraphsOf(node);
  if (bodies.length === 0 && !node.inputs.includes('')) return node.inputs;
  const names = node.inputs.filter((name) => name !== '');
  for (const { graph } of bodies) for (const name of capturedNames(graph)) names.push(name);
  return names;
}

/** A copy of the node with one of its bodies replaced. */
export function withSubgraph(node: Node, attribute: string, index: number, graph: Graph): Node {
  const attributes = new Map(node.attributes);
  const old = attributes.get(attribute);
  if (old?.type === 'graph') attributes.set(attribute, { type: 'graph', value: graph });
  else if (old?.type === 'graphs')
    attributes.set(attribute, { type: 'graphs', value: old.value.with(index, graph) });
  else throw new DefectError(`node '${node.name}' has no subgraph '${attribute}'`);
  return { ...node, attributes };
}

/** A copy of the node that reads `to` wherever it, or a body of it, read `from`. */
export function renameInputs(node: Node, from: string, to: string): Node {
  let renamed: Node = { ...node, inputs: node.inputs.map((name) => (name === from ? to : name)) };
  for (const { attribute, index, graph } of subgraphsOf(node)) {
    if (capturedNames(graph).has(from))
      renamed = withSubgraph(renamed, attribute, index, renameCaptured(graph, from, to));
  }
  return renamed;
}

/** The body with every reading of outer value `from` replaced; a body output of that name keeps it through an Identity. */
function renameCaptured(graph: Graph, from: string, to: string): Graph {
  const nodes = graph.nodes.map((node) => renameInputs(node, from, to));
  if (!graph.outputs.some((output) => output.name === from)) return { ...graph, nodes };
  const identity: Node = {
    opType: 'Identity',
    domain: '',
    name: '',
    inputs: [to],
    outputs: [from],
    attributes: new Map(),
  };
  return { ...graph, nodes: [...nodes, identity] };
}
