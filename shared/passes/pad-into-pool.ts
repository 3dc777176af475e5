/**
 * Pads before pooling become padding of the pooling: one copy of the input less.
 *
 * The window of MaxPool sees nothing where it pads, so the Pad must add what can win no maximum; that
 * of AveragePool sees zeros, when told to count them. Windows that hold no number but the padding (the
 * rest is NaN) are left open by the standard; onnxruntime gives its least number for them.
 */
import { intOf } from '../onnx/attributes.ts';
import type { Attribute, Node } from '../onnx/model.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Match } from '../rewrite/match.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, type NodePattern, op } from '../rewrite/pattern.ts';
import { Refusal, refuse } from '../rewrite/refusal.ts';
import { rule } from '../rewrite/rule.ts';
import { isNeverNegative } from './shared/non-negative.ts';
import { type Padding, paddingOf } from './shared/pad.ts';
import { addedPads, seesInput, windowPads, withPads } from './shared/window.ts';

const padThenMaxPool = rule<readonly number[]>({
  name: 'pad-then-max-pool',
  identity: 'MaxPool(Pad(x; p, −∞); q) = MaxPool(x; p + q); with 0 for −∞ where x ≥ 0',
  pattern: after('MaxPool'),
  check: (match, context) => {
    const { root } = match;
    if (context.editor.isUsed(root.outputs[1] ?? '')) return refuse('its indices are used', root);
    return padsOf(match, context, ({ value }) => {
      if (value === -Infinity) return undefined;
      if (value <= 0 && isNeverNegative(match.value('x'), context)) return undefined;
      return refuse(`its ${value} may be the maximum of a window`, match.node('pad'));
    });
  },
  rewrite: moveIn,
});

const padThenAveragePool = rule<readonly number[]>({
  name: 'pad-then-average-pool',
  identity: 'AveragePool(Pad(x; p, 0); q, counted) = AveragePool(x; p + q, counted)',
  pattern: after('AveragePool'),
  check: (match, context) => {
    const { root } = match;
    const pads = padsOf(match, context, ({ value }) =>
      value === 0
        ? undefined
        : refuse(`it fills with ${value}, the pool with 0`, match.node('pad')),
    );
    if (pads instanceof Refusal) return pads;
    if (bareBeforeMaximum(match, context))
      return refuse('a MaxPool would be alone with the Pad', match.node('pad'));
    if (countsPadding(root)) return pads;
    // Without padding of its own the pool counts all, which are then real elements and the Pad's.
    const own = windowPads(root, pads.length / 2);
    const padsItself = own instanceof Refusal || own.some((amount) => amount !== 0);
    return padsItself ? refuse('it counts the Pad but not its own padding', root) : pads;
  },
  rewrite: moveIn,
});

/**
 * Whether only a maximum would be left to read the zeros: onnxruntime (1.30) takes them for padding of the pool then,
 * unless the Pad names its axes.
 */
function bareBeforeMaximum(match: Match, context: GraphContext): boolean {
  const pad = match.node('pad');
  const others = context.editor
    .consumers(pad.outputs[0] ?? '')
    .filter((reader) => reader !== match.root);
  if (others.length !== 1 || others[0]?.opType !== 'MaxPool') return false;
  return pad.inputs.length < 4 && !isNeverNegative(match.value('x'), context);
}

/** The pool that reads a Pad; where others read it too, it stays for them. */
function after(pool: string): NodePattern {
  return op(pool, [op('Pad', [any('x')], { as: 'pad', isShared: true })]);
}

/** The pads of both, when the pool may have them and the fill is no hindrance. */
function padsOf(
  match: Match,
  context: GraphContext,
  hindrance: (padding: Padding) => Refusal | undefined,
): readonly number[] | Refusal {
  const { root } = match;
  const padding = paddingOf(match.node('pad'), context);
  if (padding instanceof Refusal) return padding;
  const no = hindrance(padding);
  if (no) return no;
  if (intOf(root, 'ceil_mode', 0) !== 0) return refuse('it rounds its size up', root);
  const pads = addedPads(root, match.node('pad'), padding);
  if (pads instanceof Refusal || seesInput(root, pads)) return pads;
  return refuse('a window could lie in the padding alone', root);
}

function moveIn(match: Match, pads: readonly number[], { editor }: GraphContext): void {
  const { root } = match;
  const attributes = withPads(root, pads);
  if (root.opType === 'AveragePool') attributes.set('count_include_pad', COUNTED);
  editor.update(root, { inputs: [match.value('x'), ...root.inputs.slice(1)], attributes });
  const pad = match.node('pad');
  if (!editor.isUsed(pad.outputs[0] ?? '')) editor.remove(pad);
}

const COUNTED: Attribute = { type: 'int', value: 1 };

function countsPadding(pool: Node): boolean {
  return intOf(pool, 'count_include_pad', 0) === 1;
}

export const padIntoPool = rulePass(
  'pad-into-pool',
  'MaxPool(Pad(x; p, −∞)) = MaxPool(x; p); AveragePool(Pad(x; p, 0)) = AveragePool(x; p, counted)',
  [padThenMaxPool, padThenAveragePool],
  { needsTypes: true },
);
