/** Nodes with all their values renamed at once, those inside their bodies included. */
import { subgraphsOf } from '../../onnx/graph-walk.ts';
import type { Graph, Node, ValueInfo } from '../../onnx/model.ts';
import { withSubgraph } from '../../onnx/rewrite-node.ts';

export type Names = ReadonlyMap<string, string>;

/**
 * The node reading and giving values by their new names; others keep theirs. What its bodies define
 * gets names from `fresh`, so that nothing inside hides a value that it now reads from outside.
 */
export function renameNode(node: Node, names: Names, fresh: (name: string) => string): Node {
  const inputs = node.inputs.map((name) => names.get(name) ?? name);
  // A parameter that the caller leaves out may have been the last one.
  const count = inputs.findLastIndex((name) => name !== '') + 1;
  let renamed: Node = {
    ...node,
    inputs: inputs.slice(0, count),
    outputs: node.outputs.map((name) => names.get(name) ?? name),
  };
  for (const { attribute, index, graph } of subgraphsOf(node))
    renamed = withSubgraph(renamed, attribute, index, renameGraph(graph, names, fresh));
  return renamed;
}

function renameGraph(graph: Graph, outer: Names, fresh: (name: string) => string): Graph {
  const names = new Map(outer);
  const define = (name: string): void => {
    if (name !== '') names.set(name, fresh(name));
  };
  for (const { name } of graph.inputs) define(name);
  // An initializer may be the default of an input, which has its name by now.
  const isInput = new Set(graph.inputs.map(({ name }) => name));
  for (const name of graph.initializers.keys()) if (!isInput.has(name)) define(name);
  for (const { values } of graph.sparseInitializers) define(values.name);
  for (const node of graph.nodes) node.outputs.forEach(define);
  const of = (name: string): string => names.get(name) ?? name;
  const info = (value: ValueInfo): ValueInfo => ({ ...value, name: of(value.name) });
  return {
    ...graph,
    nodes: graph.nodes.map((node) => renameNode(node, names, fresh)),
    initializers: new Map(
      [...graph.initializers].map(([name, tensor]) => [of(name), { ...tensor, name: of(name) }]),
    ),
    sparseInitializers: graph.sparseInitializers.map((sparse) => ({
      ...sparse,
      values: { ...sparse.values, name: of(sparse.values.name) },
    })),
    inputs: graph.inputs.map(info),
    outputs: graph.outputs.map(info),
    valueInfo: new Map([...graph.valueInfo.values()].map((value) => [of(value.name), info(value)])),
  };
}
