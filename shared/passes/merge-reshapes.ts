/** Reshape, Flatten, Squeeze and Unsqueeze one after another: the last shape is all that counts. */

import { makeNode } from '../onnx/make-node.ts';
import { int64Tensor } from '../onnx/make-tensor.ts';
import { isSameSize } from '../rewrite/dims/size.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Match } from '../rewrite/match.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { type Refusal, refuse } from '../rewrite/refusal.ts';
import { rule } from '../rewrite/rule.ts';

/** These keep all elements and their order. */
const SHAPERS = ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'];

/** The opset from which Reshape takes the shape as an input. */
const SHAPE_AS_INPUT = 5;

const twoInARow = rule<readonly number[]>({
  name: 'two-in-a-row',
  identity: 'Unsqueeze(Reshape(x, s), axes) = Reshape(x, s with 1 at axes)',
  // Where others read the first one too it stays for them, and this one is no slower without it.
  pattern: op(SHAPERS, [op(SHAPERS, [any('x')], { as: 'first', isShared: true })], { as: 'last' }),
  check: finalShape,
  rewrite: (match, shape, { editor }) => {
    const { root } = match;
    const name = editor.freshName(`${root.outputs[0]}_shape`);
    const constant = editor.addInitializer(int64Tensor(name, [shape.length], shape));
    editor.replace(
      root,
      makeNode('Reshape', [match.value('x'), constant], root.outputs, {}, root.name),
    );
    const first = match.node('first');
    if (!editor.isUsed(first.outputs[0] ?? '')) editor.remove(first);
  },
});

/** The last shape as `x` may be given it: numbers, 0 for a size that stays in its place, one −1 at most. */
function finalShape(match: Match, context: GraphContext): readonly number[] | Refusal | null {
  const { root } = match;
  const { dims, opset } = context;
  const x = match.value('x');
  const wanted = dims.shape(root.outputs[0] ?? '');
  if (!wanted || opset < SHAPE_AS_INPUT) return null;
  if (wanted.includes(0)) return refuse('it has no elements', root);
  const rank = dims.rank(x) ?? 0;
  const shape = wanted.map((size, axis) => {
    if (typeof size === 'number') return size;
    return axis < rank && isSameSize(size, dims.dim(x, axis)) ? 0 : -1;
  });
  const open = shape.filter((size) => size === -1).length;
  if (open > 1) return refuse(`${open} of its sizes are known only when it runs`, root);
  // With an empty batch −1 has no answer.
  if (open === 1 && shape.includes(0))
    return refuse('two of its sizes are known only when it runs, and either could be 0', root);
  return shape;
}

export const mergeReshapes = rulePass(
  'merge-reshapes',
  'Reshape(Reshape(x, s), t) = Reshape(x, t), and so for Flatten, Squeeze, Unsqueeze',
  [twoInARow],
  { needsTypes: true },
);
