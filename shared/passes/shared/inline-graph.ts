/** The nodes of a body, put where the node with the body stood. */
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import { makeNode } from '../../onnx/make-node.ts';
import type { Graph, Node } from '../../onnx/model.ts';
import { renameNode } from './rename.ts';

/** What there is to inline: a graph, or the like of one made from a function. */
export type Inlined = Pick<Graph, 'nodes' | 'initializers'> & {
  readonly outputs: readonly string[];
};

/**
 * Replaces `node` by the nodes of `body`, whose outputs become those of the node, position by position.
 * `inputs` says what the body's inputs are called outside (none for a branch of If). Inner values get
 * fresh names, since other bodies may use the same ones; values from around the node keep theirs.
 */
export function inlineGraph(
  editor: GraphEditor,
  node: Node,
  body: Inlined,
  inputs: ReadonlyMap<string, string> = new Map(),
): void {
  const fresh = (name: string): string => editor.freshName(name);
  const names = new Map(inputs);
  const produced = new Set(body.nodes.flatMap(({ outputs }) => outputs));
  const identities: Node[] = [];
  body.outputs.forEach((name, position) => {
    const outer = node.outputs[position] ?? '';
    if (outer === '') return;
    // A value that is not computed here, or is given out twice, needs a node to give it its new name.
    if (produced.has(name) && !names.has(name)) names.set(name, outer);
    else identities.push(makeNode('Identity', [name], [outer]));
  });
  for (const name of [...produced, ...body.initializers.keys()])
    if (name !== '' && !names.has(name)) names.set(name, fresh(name));
  for (const [name, tensor] of body.initializers)
    editor.addInitializer({ ...tensor, name: names.get(name) ?? name });
  const inner = body.nodes.map((each) => renameNode(each, names, fresh));
  const given = identities.map((each) => ({
    ...each,
    inputs: each.inputs.map((name) => names.get(name) ?? name),
  }));
  editor.replace(node, ...inner, ...given);
}
