/** Concats whose inputs are Concats along the same axis: what they join is copied once. */
import type { Node } from '../onnx/model.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Pass } from '../rewrite/pass.ts';
import { concatAxis } from './shared/concat-axis.ts';

/** Not written as a rule: patterns have a fixed number of inputs. */
export const mergeConcats: Pass = {
  name: 'merge-concats',
  identity: 'Concat(a, Concat(b, c)) = Concat(a, b, c), along the same axis',
  needsTypes: true,
  // From the front on, so that what an inner Concat took in goes out with it.
  run: (work) =>
    work.editGraphs((graph) => {
      for (const node of graph.editor.nodes()) merge(node, graph);
    }),
};

function merge(node: Node, graph: GraphContext): void {
  const { editor } = graph;
  const axis = concatAxis(node, graph);
  if (axis === undefined) return;
  const absorbed: Node[] = [];
  const inputs = node.inputs.flatMap((input) => {
    const inner = editor.producer(input);
    // One that others read as well would be computed for them all the same.
    if (!inner || editor.onlyConsumer(input) !== node || concatAxis(inner, graph) !== axis)
      return [input];
    absorbed.push(inner);
    return inner.inputs;
  });
  if (absorbed.length === 0) return;
  editor.update(node, { inputs });
  for (const inner of absorbed) editor.remove(inner);
}
