/** Reshape and its kin where the shape stays, Expand and Tile that repeat nothing. */

import { smallInts } from '../rewrite/constants.ts';
import { isSameSize } from '../rewrite/dims/size.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { rule } from '../rewrite/rule.ts';
import { handOn, takeOut } from './shared/hand-on.ts';
import { broadcastsInto, sameByCount, sameStatic } from './shared/shapes.ts';

/** These keep elements and their order: equal shapes make them the identity. */
const reshape = rule({
  name: 'noop-reshape',
  identity: 'Reshape(x, shape of x) = x',
  pattern: op(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'], [any('x')]),
  check: (match, context) => {
    const [before, after] = [match.value('x'), match.root.outputs[0] ?? ''];
    const [from, to] = [context.dims.shape(before), context.dims.shape(after)];
    const isSame =
      from?.length === to?.length && from?.every((size, axis) => isSameSize(size, to?.[axis]));
    return isSame || sameByCount(context.shapeOf(before), context.shapeOf(after))
      ? handOn(match, context)
      : null;
  },
  rewrite: takeOut,
});

const expand = rule({
  name: 'noop-expand',
  identity: 'Expand(x, s) = x, where s is 1 or the size of x in each dimension',
  pattern: op('Expand', [any('x'), any('shape')]),
  check: (match, context) => {
    const before = context.shapeOf(match.value('x'));
    const wanted = smallInts(context.constant(match.value('shape')));
    const keeps =
      (wanted && broadcastsInto(wanted, before)) ||
      sameStatic(before, context.shapeOf(match.root.outputs[0] ?? ''));
    return keeps ? handOn(match, context) : null;
  },
  rewrite: takeOut,
});

const tile = rule({
  name: 'noop-tile',
  identity: 'Tile(x, [1, …]) = x',
  pattern: op('Tile', [any('x'), any('repeats')]),
  check: (match, context) => {
    const repeats = smallInts(context.constant(match.value('repeats')));
    return repeats?.every((count) => count === 1) ? handOn(match, context) : null;
  },
  rewrite: takeOut,
});

export const removeNoopReshapes = rulePass(
  'remove-noop-reshapes',
  'Reshape(x, shape of x) = x; Expand and Tile by 1 = x',
  [reshape, expand, tile],
  { needsTypes: true },
);
