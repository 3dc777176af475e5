/** Slices of everything, pads by nothing, concatenations and splits of one. */
import { intsOf } from '../onnx/attributes.ts';
import type { Node } from '../onnx/model.ts';
import { smallInts } from '../rewrite/constants.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { rule } from '../rewrite/rule.ts';
import { handOn, takeOut } from './shared/hand-on.ts';
import { sameStatic } from './shared/shapes.ts';
import { sliceOf } from './shared/slice.ts';

const slice = rule({
  name: 'noop-slice',
  identity: 'Slice(x, 0, all, step 1) = x',
  pattern: op('Slice', [any('x')]),
  check: (match, context) => {
    const { root } = match;
    const parts = sliceOf(root, context);
    const shape = context.shapeOf(match.value('x'));
    const takesAll = parts?.every(({ axis, start, end, step }) => {
      const size = shape?.at(axis);
      const isEnd = end >= (typeof size === 'number' ? size : Number.MAX_SAFE_INTEGER);
      return step === 1 && start === 0 && isEnd;
    });
    // Bounds may be negative or computed and still take all: then the shapes say so.
    const keepsShape =
      parts?.every(({ step }) => step === 1) &&
      sameStatic(shape, context.shapeOf(root.outputs[0] ?? ''));
    return takesAll || keepsShape ? handOn(match, context) : null;
  },
  rewrite: takeOut,
});

const pad = rule({
  name: 'zero-pad',
  identity: 'Pad(x, 0) = x',
  pattern: op('Pad', [any('x')]),
  check: (match, context) => {
    const pads = padsOf(match.root, context);
    return pads?.every((count) => count === 0) ? handOn(match, context) : null;
  },
  rewrite: takeOut,
});

function padsOf(node: Node, context: GraphContext): readonly number[] | undefined {
  return intsOf(node, 'pads') ?? smallInts(context.constant(node.inputs[1] ?? ''));
}

const one = rule({
  name: 'concat-of-one',
  identity: 'Concat(x) = Sum(x) = Max(x) = Min(x) = Mean(x) = x',
  pattern: op(['Concat', 'Sum', 'Max', 'Min', 'Mean'], [any('x')]),
  check: (match, context) => (match.root.inputs.length === 1 ? handOn(match, context) : null),
  rewrite: takeOut,
});

const split = rule({
  name: 'split-in-one',
  identity: 'Split(x) in one part = x',
  pattern: op('Split', [any('x')]),
  check: (match, context) => (match.root.outputs.length === 1 ? handOn(match, context) : null),
  rewrite: takeOut,
});

export const removeNoopSlices = rulePass(
  'remove-noop-slices',
  'Slice(x, all) = Pad(x, 0) = Concat(x) = Split(x, 1 part) = x',
  [slice, pad, one, split],
  { needsTypes: true },
);
