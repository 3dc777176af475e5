/** Casts to the type that a value has. */
import { intOf } from '../onnx/attributes.ts';
import { ELEMENT_TYPES } from '../onnx/element-type.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { rule } from '../rewrite/rule.ts';
import { handOn, takeOut } from './shared/hand-on.ts';

const cast = rule({
  name: 'noop-cast',
  identity: 'Cast(x; to = type of x) = x',
  pattern: op('Cast', [any('x')]),
  check: (match, context) => {
    const type = context.elementTypeOf(match.value('x'));
    if (!type || ELEMENT_TYPES[type].code !== intOf(match.root, 'to', 0)) return null;
    return handOn(match, context);
  },
  rewrite: takeOut,
});

const castLike = rule({
  name: 'noop-cast-like',
  identity: 'CastLike(x, y) = x, where x and y have one type',
  pattern: op('CastLike', [any('x'), any('y')]),
  check: (match, context) => {
    const type = context.elementTypeOf(match.value('x'));
    if (!type || type !== context.elementTypeOf(match.value('y'))) return null;
    return handOn(match, context);
  },
  rewrite: takeOut,
});

export const removeNoopCasts = rulePass(
  'remove-noop-casts',
  'Cast(x; to = type of x) = x',
  [cast, castLike],
  { needsTypes: true },
);
