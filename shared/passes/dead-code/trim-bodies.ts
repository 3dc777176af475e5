/** Outputs of If, Loop and Scan that nothing reads, taken out of the node and of its bodies. */

import { intOf } from '../../onnx/attributes.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import { subgraphsOf } from '../../onnx/graph-walk.ts';
import type { Graph, Node } from '../../onnx/model.ts';
import { withSubgraph } from '../../onnx/rewrite-node.ts';

/**
 * The node without the outputs that can go; itself when none can. Values that a Loop or Scan carries
 * from one round to the next stay: they are inputs of the next round.
 */
export function trimBodies(node: Node, editor: GraphEditor): Node {
  if (node.domain !== '') return node;
  const firstFree = freeOutputs(node);
  if (firstFree === undefined) return node;
  const dead = node.outputs.flatMap((output, position) =>
    position >= firstFree.output && !editor.isUsed(output) ? [position] : [],
  );
  // A node without any output is none: that one is for dead code removal itself.
  if (dead.length === 0 || dead.length === node.outputs.length) return node;
  const isDead = new Set(dead);
  let trimmed: Node = {
    ...node,
    outputs: node.outputs.filter((_, position) => !isDead.has(position)),
    attributes: withoutScanEntries(node, firstFree.output, isDead),
  };
  for (const { attribute, index, graph } of subgraphsOf(node))
    trimmed = withSubgraph(
      trimmed,
      attribute,
      index,
      withoutOutputs(graph, isDead, firstFree.shift),
    );
  editor.replace(node, trimmed);
  return trimmed;
}

/** From which output on outputs may go, and how many more outputs the body has in front. */
function freeOutputs(node: Node): { readonly output: number; readonly shift: number } | undefined {
  switch (node.opType) {
    case 'If':
      return { output: 0, shift: 0 };
    case 'Loop':
      return { output: node.inputs.length - 2, shift: 1 };
    case 'Scan':
      return { output: node.inputs.length - intOf(node, 'num_scan_inputs', 0), shift: 0 };
    default:
      return undefined;
  }
}

function withoutOutputs(graph: Graph, dead: ReadonlySet<number>, shift: number): Graph {
  return { ...graph, outputs: graph.outputs.filter((_, index) => !dead.has(index - shift)) };
}

/** Scan says axis and direction of each scanned output in lists of their own. */
function withoutScanEntries(
  node: Node,
  firstFree: number,
  dead: ReadonlySet<number>,
): Node['attributes'] {
  const attributes = new Map(node.attributes);
  for (const name of ['scan_output_axes', 'scan_output_directions']) {
    const list = attributes.get(name);
    if (list?.type !== 'ints') continue;
    const value = list.value.filter((_, index) => !dead.has(index + firstFree));
    attributes.set(name, { type: 'ints', value });
  }
  return attributes;
}
