/** Transposes in a row are one, and those that move only axes of size 1 are reshapes. */
import { intsOf } from '../onnx/attributes.ts';
import type { Node } from '../onnx/model.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { rule } from '../rewrite/rule.ts';
import { handOn, takeOut } from './shared/hand-on.ts';
import { type Reshaping, reshapeNode, reshaping } from './shared/reshape-to.ts';

/** Output axis → input axis; without the attribute the axes are reversed. */
function permOf(node: Node, context: GraphContext): readonly number[] | undefined {
  const perm = intsOf(node, 'perm');
  const rank = context.shapeOf(node.inputs[0] ?? '')?.length;
  if (perm || rank === undefined) return perm;
  return Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
}

function isIdentity(perm: readonly number[]): boolean {
  return perm.every((from, axis) => from === axis);
}

const noop = rule<string>({
  name: 'noop-transpose',
  identity: 'Transpose(x; 0, 1, 2 …) = x',
  pattern: op('Transpose', [any('x')]),
  check: (match, context) => {
    const perm = permOf(match.root, context);
    return perm && isIdentity(perm) ? handOn(match, context) : null;
  },
  rewrite: takeOut,
});

const chain = rule<readonly number[]>({
  name: 'transpose-chain',
  identity: 'Transpose(Transpose(x; p); q) = Transpose(x; p ∘ q)',
  pattern: op('Transpose', [op('Transpose', [any('x')], { as: 'inner', isShared: true })]),
  check: (match, context) => {
    const inner = permOf(match.node('inner'), context);
    const outer = permOf(match.root, context);
    return inner && outer ? outer.map((axis) => inner[axis] ?? 0) : null;
  },
  rewrite: (match, perm, { editor }) => {
    const attributes = new Map(match.root.attributes).set('perm', { type: 'ints', value: perm });
    editor.update(match.root, { inputs: [match.value('x')], attributes });
    const inner = match.node('inner');
    if (!editor.isUsed(inner.outputs[0] ?? '')) editor.remove(inner);
  },
});

const unitAxes = rule<Exclude<Reshaping, { kind: 'unknown' | 'same' }>>({
  name: 'transpose-of-ones',
  identity:
    'Transpose(x; p) = Reshape(x, sizes in the order p), where p moves axes of size 1 alone',
  pattern: op('Transpose', [any('x')]),
  check: (match, context) => {
    const perm = permOf(match.root, context);
    const from = context.dims.shape(match.value('x'));
    if (!perm || !from || isIdentity(perm)) return null;
    const moved = perm.filter((axis) => from[axis] !== 1);
    if (moved.some((axis, place) => axis < (moved[place - 1] ?? 0))) return null;
    const how = reshaping(
      from,
      perm.map((axis) => from[axis] ?? 1),
    );
    return how.kind === 'same' || how.kind === 'unknown' ? null : how;
  },
  rewrite: ({ root }, how, context) => {
    const [data = ''] = root.inputs;
    context.editor.replace(root, reshapeNode(data, root.outputs[0] ?? '', how, root.name, context));
  },
});

export const mergeTransposes = rulePass(
  'merge-transposes',
  'Transpose(Transpose(x; p); q) = Transpose(x; p ∘ q); Transpose(x; 0, 1, …) = x',
  [noop, chain, unitAxes],
  { needsTypes: true },
);
