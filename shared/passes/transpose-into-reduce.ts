/**
 * Reductions of a transposed value, as TensorFlow's channels-last means are after conversion: they can reduce the axes
 * where they were. Without the Transpose, onnxruntime 1.30 also finds the axes of an image side by side.
 */
import { intOf, intsOf } from '../onnx/attributes.ts';
import { int64Tensor } from '../onnx/make-tensor.ts';
import { smallInts } from '../rewrite/constants.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Match } from '../rewrite/match.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { rule } from '../rewrite/rule.ts';
import { REDUCTIONS } from './shared/reductions.ts';
import { frontAxis } from './shared/shapes.ts';

const reduced = rule<readonly number[]>({
  name: 'reduce-of-transpose',
  identity:
    'Reduce(Transpose(x; p); axes) = Reduce(x; p of axes), where the axes left keep their order',
  pattern: op(REDUCTIONS, [op('Transpose', [any('x')], { as: 'transpose', isShared: true })]),
  check: axesBefore,
  rewrite: (match, axes, { editor }) => {
    const { root } = match;
    const [, given = ''] = root.inputs;
    const attributes = new Map(root.attributes);
    const inputs = [match.value('x')];
    if (given === '') attributes.set('axes', { type: 'ints', value: axes });
    else {
      const name = editor.freshName(given);
      inputs.push(editor.addInitializer(int64Tensor(name, [axes.length], axes)));
    }
    editor.update(root, { inputs, attributes });
    const transpose = match.node('transpose');
    if (!editor.isUsed(transpose.outputs[0] ?? '')) editor.remove(transpose);
  },
});

/** The reduced axes, as they are numbered before the Transpose. */
function axesBefore(match: Match, context: GraphContext): readonly number[] | null {
  const { root } = match;
  const perm = intsOf(match.node('transpose'), 'perm');
  const axes = intsOf(root, 'axes') ?? smallInts(context.constant(root.inputs[1] ?? ''));
  if (!perm || !axes || axes.length === 0 || intOf(root, 'keepdims', 1) !== 0) return null;
  const front = new Set(axes.map((axis) => frontAxis(axis, perm.length)));
  const left = perm.filter((_, axis) => !front.has(axis));
  if (left.some((axis, place) => axis < (left[place - 1] ?? 0))) return null;
  return [...front].map((axis) => perm[axis] ?? axis).toSorted((one, other) => one - other);
}

export const transposeIntoReduce = rulePass(
  'transpose-into-reduce',
  'Reduce(Transpose(x; p); axes) = Reduce(x; p of axes), where the axes left keep their order',
  [reduced],
  { needsTypes: false },
);
