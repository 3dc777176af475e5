/**
 * Pads before convolutions become padding of the convolutions: one copy of the input less.
 */

import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { Refusal, refuse } from '../rewrite/refusal.ts';
import { rule } from '../rewrite/rule.ts';
import { paddingOf } from './shared/pad.ts';
import { addedPads, withPads } from './shared/window.ts';

const padThenConv = rule<readonly number[]>({
  name: 'pad-then-conv',
  identity: 'Conv(Pad(x; p, 0); q) = Conv(x; p + q)',
  // Where others read the Pad's result too, it stays for them, and the Conv is no slower without it.
  pattern: op('Conv', [op('Pad', [any('x')], { as: 'pad', isShared: true })]),
  check: (match, context) => {
    const pad = match.node('pad');
    const padding = paddingOf(pad, context);
    if (padding instanceof Refusal) return padding;
    if (padding.value !== 0) return refuse(`it fills with ${padding.value}, Conv with 0`, pad);
    return addedPads(match.root, pad, padding);
  },
  rewrite: (match, pads, { editor }) => {
    const { root } = match;
    const inputs = [match.value('x'), ...root.inputs.slice(1)];
    editor.update(root, { inputs, attributes: withPads(root, pads) });
    const pad = match.node('pad');
    if (!editor.isUsed(pad.outputs[0] ?? '')) editor.remove(pad);
  },
});

export const padIntoConv = rulePass(
  'pad-into-conv',
  'Conv(Pad(x; p, 0); q) = Conv(x; p + q)',
  [padThenConv],
  { needsTypes: true },
);
