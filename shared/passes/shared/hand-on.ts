/** Whether a node can go, its readers reading what it read. */
import type { GraphContext } from '../../rewrite/graph-context.ts';
import type { Match } from '../../rewrite/match.ts';
import { type Refusal, refuse } from '../../rewrite/refusal.ts';

/**
 * The value named `x` of the match, which the root's first output equals; a refusal where a graph
 * output needs a node to give it its name.
 */
export function handOn(match: Match, context: GraphContext): string | Refusal {
  const { editor } = context;
  const { root } = match;
  const from = match.value('x');
  if (!editor.isOutput(root.outputs[0] ?? '')) return from;
  if (!editor.producer(from))
    return refuse(
      'it gives a graph output the value of an input, a constant or an outer value',
      root,
    );
  if (editor.isOutput(from)) return refuse('it gives two graph outputs the same value', root);
  return from;
}

/** Takes the root out: all that read its first output read `from`. */
export function takeOut({ root }: Match, from: string, { editor }: GraphContext): void {
  editor.replaceValue(root.outputs[0] ?? '', from);
}
