/** Reshapes whose computed shape can be written down: sizes that are numbers, copies of the input's, one that follows. */
import { intOf } from '../onnx/attributes.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Match } from '../rewrite/match.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { type Refusal, refuse } from '../rewrite/refusal.ts';
import { rule } from '../rewrite/rule.ts';
import { handOn, takeOut } from './shared/hand-on.ts';
import { type Reshaping, reshapeNode, reshaping } from './shared/reshape-to.ts';

type Known = Exclude<Reshaping, { kind: 'unknown' }>;

const reshape = rule<Known>({
  name: 'reshape-by-constant',
  identity: 'Reshape(x, [size of x along 0, …, 64]) = Reshape(x, [0, …, 64])',
  pattern: op('Reshape', [any('x'), any('shape')]),
  check: constantShape,
  rewrite: (match, how, context) => {
    const { root } = match;
    const x = match.value('x');
    if (how.kind === 'same') takeOut(match, x, context);
    else
      context.editor.replace(root, reshapeNode(x, root.outputs[0] ?? '', how, root.name, context));
  },
});

function constantShape(match: Match, context: GraphContext): Known | Refusal | null {
  const { root } = match;
  const { dims } = context;
  if (context.constant(match.value('shape'))) return null;
  if (intOf(root, 'allowzero', 0) !== 0) return null;
  const from = dims.shape(match.value('x'));
  const to = dims.shape(root.outputs[0] ?? '');
  if (!from || !to) return null;
  // The node itself may ask for "what is left": then it knows no empty input either.
  const literal = dims.sizes(match.value('shape'))?.elements;
  const how = reshaping(from, to);
  if (how.kind === 'unknown') {
    const kept = to.map((size, axis) => (literal?.[axis] === -1 ? -1 : size));
    const again = literal?.includes(-1) ? reshaping(from, kept) : how;
    if (again.kind === 'reshape') return again;
    return refuse(how.reason, root);
  }
  if (how.kind !== 'same') return how;
  const same = handOn(match, context);
  return typeof same === 'string' ? how : same;
}

export const simplifyReshapes = rulePass(
  'simplify-reshapes',
  'Reshape(x, computed sizes) = Reshape(x, constant), where the sizes are numbers or those of x',
  [reshape],
  { needsTypes: true },
);
