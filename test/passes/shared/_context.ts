/** The context of a model's main graph, by declared types alone, for tests of what reads it. */
import { GraphEditor } from '../../../shared/onnx/graph-editor.ts';
import type { Model, Node } from '../../../shared/onnx/model.ts';
import { GraphContext } from '../../../shared/rewrite/graph-context.ts';
import type { Refusal } from '../../../shared/rewrite/refusal.ts';

export function graphContextOf({ graph, opsets, irVersion }: Model) {
  const refusals: Refusal[] = [];
  const context = new GraphContext({
    editor: new GraphEditor(graph, { irVersion }),
    original: graph,
    opsets,
    types: undefined,
    refuse: (refusal) => refusals.push(refusal),
  });
  const node = (output: string): Node => {
    const found = context.editor.producer(output);
    if (!found) throw new Error(`no node gives '${output}'`);
    return found;
  };
  return { context, refusals, node };
}
