/** Additions of zero, multiplications by one, powers of one. */

import type { StoredTensor } from '../onnx/stored-tensor.ts';
import { elementCount } from '../onnx/tensor-data.ts';
import { doubleValues, SMALL_ELEMENTS } from '../rewrite/constants.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Match } from '../rewrite/match.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, constant, op } from '../rewrite/pattern.ts';
import type { Refusal } from '../rewrite/refusal.ts';
import { rule } from '../rewrite/rule.ts';
import { handOn, takeOut } from './shared/hand-on.ts';
import { broadcastsInto } from './shared/shapes.ts';

/** x + 0 turns −0 into +0, which no later operator but a division by it can tell. */
const zero = rule({
  name: 'add-zero',
  identity: 'x + 0 = x − 0 = x',
  pattern: op(['Add', 'Sub'], [any('x'), constant('c')]),
  check: (match, context) => neutral(match, context, 0),
  rewrite: takeOut,
});

const unit = rule({
  name: 'times-one',
  identity: 'x · 1 = x / 1 = x¹ = x',
  pattern: op(['Mul', 'Div', 'Pow'], [any('x'), constant('c')]),
  check: (match, context) => neutral(match, context, 1),
  rewrite: takeOut,
});

function neutral(match: Match, context: GraphContext, value: number): string | Refusal | null {
  const tensor = match.constant('c');
  if (!holdsOnly(tensor, value)) return null;
  // The constant must not make the value larger, nor of another type.
  if (!broadcastsInto(tensor.dims, context.shapeOf(match.value('x')))) return null;
  if (match.root.opType === 'Pow' && context.elementTypeOf(match.value('x')) !== tensor.type)
    return null;
  return handOn(match, context);
}

function holdsOnly(tensor: StoredTensor, value: number): boolean {
  const count = elementCount(tensor);
  if (count === 0 || count > SMALL_ELEMENTS) return false;
  const values = doubleValues(tensor);
  return values !== undefined && Array.from(values).every((element) => element === value);
}

export const removeNeutralArithmetic = rulePass(
  'remove-neutral-arithmetic',
  'x + 0 = x · 1 = x¹ = x',
  [zero, unit],
  { needsTypes: true },
);
