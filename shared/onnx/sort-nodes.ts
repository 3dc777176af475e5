/**
 * Nodes in the order that ONNX wants, where a file has them in another: onnxruntime sorts the main graph
 * by itself, so such files are about.
 */
import { capturedNames, subgraphsOf } from './graph-walk.ts';
import type { FunctionDefinition, Graph, Model, Node } from './model.ts';
import { withSubgraph } from './rewrite-node.ts';
import { topologicalOrder } from './topological-order.ts';

/** A sorted model, and how many nodes stand elsewhere than before. */
export interface SortedModel {
  /** The same object where nothing had to be moved. */
  readonly model: Model;
  readonly moved: number;
}

/** Names of the graphs around a body. */
type Outer = readonly ReadonlySet<string>[];

interface Sorted {
  readonly nodes: readonly Node[];
  readonly moved: number;
}

/**
 * Sorts every graph and function whose nodes read what stands behind them. A list that cannot be sorted,
 * because its nodes form a cycle, stays as it is: the verifier tells.
 */
export function sortNodes(model: Model): SortedModel {
  const graph = sortGraph(model.graph, []);
  let { moved } = graph;
  const functions = model.functions.map((definition): FunctionDefinition => {
    const sorted = sortList(definition.nodes, [new Set(definition.inputs)]);
    moved += sorted.moved;
    return sorted.moved === 0 ? definition : { ...definition, nodes: sorted.nodes };
  });
  if (moved === 0) return { model, moved };
  return { model: { ...model, graph: graph.graph, functions }, moved };
}

function sortGraph(graph: Graph, outer: Outer): { readonly graph: Graph; readonly moved: number } {
  const { nodes, moved } = sortList(graph.nodes, [...outer, namesOf(graph)], outer);
  return { graph: moved === 0 ? graph : { ...graph, nodes }, moved };
}

/** `visible`: what bodies see beside what the nodes give; `outer`: the part of it from around the list. */
function sortList(nodes: readonly Node[], visible: Outer, outer: Outer = []): Sorted {
  let moved = 0;
  const given = new Set(nodes.flatMap(({ outputs }) => outputs));
  const within = nodes.map((node) => {
    let current = node;
    for (const { attribute, index, graph } of subgraphsOf(node)) {
      const sorted = sortGraph(graph, [...visible, given]);
      moved += sorted.moved;
      if (sorted.moved > 0) current = withSubgraph(current, attribute, index, sorted.graph);
    }
    return current;
  });
  const asItWas: Sorted = { nodes: moved === 0 ? nodes : within, moved };
  // A name that is given here and around: which of the two is meant depends on the order, so it stays.
  const reads = (node: Node): string[] =>
    namesReadBy(node).filter((name) => given.has(name) && !outer.some((names) => names.has(name)));
  const early = countEarly(within, reads);
  if (early === 0) return asItWas;
  const order = topologicalOrder(within, reads);
  return order.kind === 'cycle' ? asItWas : { nodes: order.nodes, moved: moved + early };
}

/** Nodes that stand before what they read. */
function countEarly(nodes: readonly Node[], reads: (node: Node) => readonly string[]): number {
  const there = new Set<string>();
  let early = 0;
  for (const node of nodes) {
    if (reads(node).some((name) => !there.has(name))) early++;
    for (const output of node.outputs) there.add(output);
  }
  return early;
}

/** What a node needs before it runs: its inputs, and what its bodies read from around them. */
export function namesReadBy(node: Node): readonly string[] {
  const bodies = subgraphsOf(node);
  if (bodies.length === 0) return node.inputs;
  return [...node.inputs, ...bodies.flatMap(({ graph }) => [...capturedNames(graph)])];
}

/** Names that are there before the first node runs. */
function namesOf(graph: Graph): ReadonlySet<string> {
  return new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.keys(),
    ...graph.sparseInitializers.map(({ values }) => values.name),
  ]);
}
