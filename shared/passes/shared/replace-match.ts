/** Puts other nodes where a match was. */
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import type { Node } from '../../onnx/model.ts';
import type { Match } from '../../rewrite/match.ts';

/** The replacements stand where the root stood and give its outputs; parts that nothing else reads go. */
export function replaceMatch(
  match: Match,
  editor: GraphEditor,
  ...replacements: readonly Node[]
): void {
  editor.replace(match.root, ...replacements);
  // From the root on, so that what only a part read is unused when its turn comes.
  for (const node of match.nodes.slice(1)) {
    if (!node.outputs.some((output) => editor.isUsed(output))) editor.remove(node);
  }
}
