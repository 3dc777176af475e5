/** Chains of operators that only change the shape: one does it. */
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Match } from '../rewrite/match.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { type Refusal, refuse } from '../rewrite/refusal.ts';
import { rule } from '../rewrite/rule.ts';
import { handOn, takeOut } from './shared/hand-on.ts';
import { type Reshaping, reshapeNode, reshaping } from './shared/reshape-to.ts';

/** They keep all elements and their order. */
const RESHAPERS = ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'];

type Known = Exclude<Reshaping, { kind: 'unknown' }>;

const chain = rule<Known>({
  name: 'reshape-chain',
  identity: 'Reshape(Reshape(x, s), t) = Reshape(x, t)',
  // Where others read the inner one too it stays for them, and this one is no slower without it.
  pattern: op(RESHAPERS, [op(RESHAPERS, [any('x')], { as: 'inner', isShared: true })]),
  check: oneStep,
  rewrite: (match, how, context) => {
    const { root } = match;
    const x = match.value('x');
    if (how.kind === 'same') takeOut(match, x, context);
    else
      context.editor.replace(root, reshapeNode(x, root.outputs[0] ?? '', how, root.name, context));
    const inner = match.node('inner');
    if (!context.editor.isUsed(inner.outputs[0] ?? '')) context.editor.remove(inner);
  },
});

function oneStep(match: Match, context: GraphContext): Known | Refusal | null {
  const { root } = match;
  const from = context.dims.shape(match.value('x'));
  const to = context.dims.shape(root.outputs[0] ?? '');
  if (!from || !to) return null;
  const how = reshaping(from, to);
  if (how.kind === 'unknown') return refuse(how.reason, root);
  if (how.kind !== 'same') return how;
  const same = handOn(match, context);
  return typeof same === 'string' ? how : same;
}

export const mergeReshapes = rulePass(
  'merge-reshapes',
  'Reshape(Reshape(x, s), t) = Reshape(x, t), and likewise Flatten, Squeeze, Unsqueeze',
  [chain],
  { needsTypes: true },
);
