/** Reshapes whose computed shape can be written down: sizes that are numbers, copies of the input's, one that follows. */
import { intOf } from '../onnx/attributes.ts';
import { int64Tensor } from '../onnx/make-tensor.ts';
import type { Node } from '../onnx/model.ts';
import { isSameSize, type Size } from '../rewrite/dims/size.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Match } from '../rewrite/match.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { type Refusal, refuse } from '../rewrite/refusal.ts';
import { rule } from '../rewrite/rule.ts';

const reshape = rule<readonly number[]>({
  name: 'reshape-by-constant',
  identity: 'Reshape(x, [size of x along 0, …, 64]) = Reshape(x, [0, …, 64])',
  pattern: op('Reshape', [any('x'), any('shape')]),
  check: constantShape,
  rewrite: ({ root }, shape, { editor }) => {
    const [data = '', computed = ''] = root.inputs;
    const name = editor.freshName(`${computed}_sizes`);
    const constant = editor.addInitializer(int64Tensor(name, [shape.length], shape));
    editor.update(root, { inputs: [data, constant] });
  },
});

/** The shape with 0 for "as in the input" and −1 for "what is left". */
function constantShape(match: Match, context: GraphContext): readonly number[] | Refusal | null {
  const { root } = match;
  const { dims } = context;
  const wanted = context.constant(match.value('shape'))
    ? undefined
    : dims.sizes(match.value('shape'));
  if (wanted?.rank !== 1 || intOf(root, 'allowzero', 0) !== 0) return null;
  const sizes = wanted.elements.map((element, axis) => spelling(root, element, axis, context));
  const open = sizes.filter((size) => size === undefined).length;
  if (open === 0) return sizes.filter((size) => size !== undefined);
  if (open > 1) return refuse(`${open} of its sizes are known only when it runs`, root);
  // With an empty batch −1 has no answer, where the computed shape had one.
  const copies = sizes.some(
    (size, axis) => size === 0 && typeof dims.dim(match.value('x'), axis) !== 'number',
  );
  if (copies || sizes.includes(-1))
    return refuse('two of its sizes are known only when it runs, and either could be 0', root);
  return sizes.map((size) => size ?? -1);
}

/** A size as a Reshape may be told it; `undefined` when only the run tells. */
function spelling(
  node: Node,
  element: Size | undefined,
  axis: number,
  { dims }: GraphContext,
): number | undefined {
  if (typeof element === 'number') return element;
  const [data = ''] = node.inputs;
  const rank = dims.rank(data) ?? 0;
  if (axis < rank && isSameSize(element, dims.dim(data, axis))) return 0;
  const result = dims.dim(node.outputs[0] ?? '', axis);
  return typeof result === 'number' ? result : undefined;
}

export const simplifyReshapes = rulePass(
  'simplify-reshapes',
  'Reshape(x, computed sizes) = Reshape(x, constant), where the sizes are numbers or those of x',
  [reshape],
  { needsTypes: true },
);
