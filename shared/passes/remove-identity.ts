/** Nodes that hand their input on: Identity, and Dropout in inference. */

import { scalarValue } from '../rewrite/constants.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { refuse } from '../rewrite/refusal.ts';
import { rule } from '../rewrite/rule.ts';
import { handOn, takeOut } from './shared/hand-on.ts';

const identity = rule({
  name: 'identity',
  identity: 'Identity(x) = x',
  pattern: op('Identity', [any('x')]),
  check: handOn,
  rewrite: takeOut,
});

/** The opset from which an attribute-free Dropout is told by its third input that it trains. */
const TRAINING_INPUT = 12;

const dropout = rule({
  name: 'dropout',
  identity: 'Dropout(x) = x, in inference',
  pattern: op('Dropout', [any('x')]),
  check: (match, context) => {
    const { root } = match;
    const training = root.inputs[2] ?? '';
    if (context.opset >= TRAINING_INPUT && training !== '') {
      const tensor = context.constant(training);
      if (!tensor) return refuse('whether it trains is computed', root);
      if (scalarValue(tensor) !== 0) return refuse('it trains', root);
    }
    if (context.editor.isUsed(root.outputs[1] ?? '')) return refuse('its mask is used', root);
    return handOn(match, context);
  },
  rewrite: takeOut,
});

export const removeIdentity = rulePass(
  'remove-identity',
  'Identity(x) = x; Dropout(x) = x in inference',
  [identity, dropout],
  { needsTypes: false },
);
