/** Transposes one after another, and those that move nothing. */
import { intsOf } from '../onnx/attributes.ts';
import { makeNode } from '../onnx/make-node.ts';
import type { Node } from '../onnx/model.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, op } from '../rewrite/pattern.ts';
import { rule } from '../rewrite/rule.ts';
import { handOn, takeOut } from './shared/hand-on.ts';

const twoInARow = rule<readonly number[]>({
  name: 'two-in-a-row',
  identity: 'Transpose(Transpose(x; p); q) = Transpose(x; p[q])',
  // Where others read the first one too it stays for them, and this one is no slower without it.
  pattern: op('Transpose', [op('Transpose', [any('x')], { as: 'first', isShared: true })]),
  check: (match, context) => {
    const first = permutation(match.node('first'), context);
    const second = permutation(match.root, context);
    if (!first || first.length !== second?.length) return null;
    return second.map((axis) => first[axis] ?? 0);
  },
  rewrite: (match, perm, { editor }) => {
    const { outputs, name } = match.root;
    editor.replace(match.root, makeNode('Transpose', [match.value('x')], outputs, { perm }, name));
    const first = match.node('first');
    if (!editor.isUsed(first.outputs[0] ?? '')) editor.remove(first);
  },
});

const nothingMoved = rule({
  name: 'nothing-moved',
  identity: 'Transpose(x; 0, 1, 2, …) = x',
  pattern: op('Transpose', [any('x')]),
  check: (match, context) => {
    const perm = permutation(match.root, context);
    return perm?.every((axis, place) => axis === place) ? handOn(match, context) : null;
  },
  rewrite: takeOut,
});

/** Without the attribute the axes are reversed. */
function permutation(node: Node, context: GraphContext): readonly number[] | undefined {
  const perm = intsOf(node, 'perm');
  if (perm) return perm;
  const rank = context.shapeOf(node.inputs[0] ?? '')?.length;
  return rank === undefined
    ? undefined
    : Array.from({ length: rank }, (_, place) => rank - 1 - place);
}

export const mergeTransposes = rulePass(
  'merge-transposes',
  'Transpose(Transpose(x; p); q) = Transpose(x; p[q]); Transpose(x; 0, 1, …) = x',
  [twoInARow, nothingMoved],
  { needsTypes: true },
);
