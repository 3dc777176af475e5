/** Questions about a graph and the subgraphs inside it. All are linear and free of recursion limits that matter: bodies nest a few deep (the reader bounds it). */
import type { Graph, Model, Node } from './model.ts';

export interface Subgraph {
  readonly attribute: string;
  /** Position within a `graphs` attribute; 0 for a `graph`. */
  readonly index: number;
  readonly graph: Graph;
}

const NONE: readonly Subgraph[] = [];

/** The bodies that a node carries as attributes (If, Loop, Scan, SequenceMap). */
export function subgraphsOf(node: Node): readonly Subgraph[] {
  if (node.attributes.size === 0) return NONE;
  let found: Subgraph[] | undefined;
  for (const [attribute, value] of node.attributes) {
    if (value.type !== 'graph' && value.type !== 'graphs') continue;
    const graphs = value.type === 'graph' ? [value.value] : value.value;
    found ??= [];
    found.push(...graphs.map((graph, index) => ({ attribute, index, graph })));
  }
  return found ?? NONE;
}

const captured = new WeakMap<Graph, ReadonlySet<string>>();

/** Outer values that a body reads, by name: in its nodes, in bodies below, or as its outputs. */
export function capturedNames(graph: Graph): ReadonlySet<string> {
  const known = captured.get(graph);
  if (known) return known;
  const own = new Set<string>([
    ...graph.initializers.keys(),
    ...graph.inputs.map((input) => input.name),
  ]);
  for (const sparse of graph.sparseInitializers) own.add(sparse.values.name);
  for (const node of graph.nodes) for (const output of node.outputs) own.add(output);
  const names = new Set<string>();
  const read = (name: string): void => {
    if (name !== '' && !own.has(name)) names.add(name);
  };
  for (const node of graph.nodes) {
    node.inputs.forEach(read);
    for (const body of subgraphsOf(node)) capturedNames(body.graph).forEach(read);
  }
  for (const output of graph.outputs) read(output.name);
  captured.set(graph, names);
  return names;
}

/** Every graph of the model, outer before inner, with the nodes that lead to it. */
export function* allGraphs(
  graph: Graph,
  path: readonly Node[] = [],
): IterableIterator<{ graph: Graph; path: readonly Node[] }> {
  yield { graph, path };
  for (const node of graph.nodes) {
    for (const body of subgraphsOf(node)) yield* allGraphs(body.graph, [...path, node]);
  }
}

/** Every node of the model: all graphs, then function bodies. */
export function* allNodes(model: Model): IterableIterator<Node> {
  for (const { graph } of allGraphs(model.graph)) yield* graph.nodes;
  for (const definition of model.functions) yield* definition.nodes;
}

/** All names that anything in the graph or below defines or reads. */
export function definedNames(graph: Graph): Set<string> {
  const names = new Set<string>();
  for (const { graph: scope } of allGraphs(graph)) {
    for (const info of [...scope.inputs, ...scope.outputs]) names.add(info.name);
    for (const name of scope.initializers.keys()) names.add(name);
    for (const sparse of scope.sparseInitializers) names.add(sparse.values.name);
    for (const node of scope.nodes) {
      for (const name of node.inputs) names.add(name);
      for (const name of node.outputs) names.add(name);
    }
  }
  return names;
}
