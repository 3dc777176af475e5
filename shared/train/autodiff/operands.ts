/** What a node reads, and which nodes some values need. */
import { capturedNames, subgraphsOf } from '../../onnx/graph-walk.ts';
import type { Node } from '../../onnx/model.ts';

/** The inputs of a node, and behind them what its bodies read of the graph around them. A rule counts them so. */
export const operandsOf = (node: Node): readonly string[] => [
  ...node.inputs,
  ...subgraphsOf(node).flatMap(({ graph }) => [...capturedNames(graph)]),
];

/** The nodes, of a sorted list, that `values` are made by. */
export function neededFor(values: readonly string[], nodes: readonly Node[]): Node[] {
  const needed = new Set(values);
  const kept = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false;
    for (const name of operandsOf(node)) needed.add(name);
    return true;
  });
  return kept.reverse();
}
