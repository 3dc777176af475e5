/** Indices made positive before a Gather, as Keras 3 does in graphs: ONNX counts negative ones from the end itself. */
import { intOf } from '../onnx/attributes.ts';
import { scalarValue } from '../rewrite/constants.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, constant, number, op } from '../rewrite/pattern.ts';
import { rule } from '../rewrite/rule.ts';
import { broadcastsInto, frontAxis } from './shared/shapes.ts';

/** The opset from which Gather takes negative indices. */
const NEGATIVE_SINCE = 11;

const wrapped = rule<true>({
  name: 'wrapped-indices',
  identity:
    'Gather(x, Where(i < 0, i + n, i); a) = Gather(x, i; a), where x has n elements along a',
  pattern: op('Gather', [
    any('x'),
    op(
      'Where',
      [
        op('Less', [any('i'), number(0, 'zero')], { as: 'less' }),
        op('Add', [any('i'), constant('size')], { as: 'sum' }),
        any('i'),
      ],
      { as: 'where' },
    ),
  ]),
  check: (match, context) => {
    const shape = context.shapeOf(match.value('x'));
    const indices = context.shapeOf(match.value('i'));
    if (!shape || context.opset < NEGATIVE_SINCE) return null;
    // Scalars of several dimensions could give the indices more of them.
    const [zero, size] = [match.constant('zero'), match.constant('size')];
    if (![zero, size].every(({ dims }) => broadcastsInto(dims, indices))) return null;
    const length = shape[frontAxis(intOf(match.root, 'axis', 0), shape.length)];
    return typeof length === 'number' && scalarValue(size) === length ? true : null;
  },
  rewrite: (match, _, { editor }) => {
    editor.update(match.root, { inputs: [match.value('x'), match.value('i')] });
    for (const name of ['where', 'sum', 'less']) editor.remove(match.node(name));
  },
});

export const gatherFromEnd = rulePass(
  'gather-from-end',
  'Gather(x, Where(i < 0, i + n, i); a) = Gather(x, i; a), where x has n elements along a',
  [wrapped],
  { needsTypes: true },
);
