/** Signs that cancel, negations that are subtractions, constants that meet. */

import { makeNode } from '../onnx/make-node.ts';
import type { StoredTensor } from '../onnx/stored-tensor.ts';
import { elementCount } from '../onnx/tensor-data.ts';
import { doubleValues, isFloat, SMALL_ELEMENTS } from '../rewrite/constants.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Match } from '../rewrite/match.ts';
import { rulePass } from '../rewrite/pass.ts';
import { any, constant, op } from '../rewrite/pattern.ts';
import { type Rule, rule } from '../rewrite/rule.ts';
import { isReasonable } from './linear/channel-vector.ts';
import { vectorTensor } from './linear/fold-into.ts';
import { handOn, takeOut } from './shared/hand-on.ts';

const twice = (opType: string): Rule =>
  rule<string>({
    name: `${opType.toLowerCase()}-twice`,
    identity: `${opType}(${opType}(x)) = x`,
    pattern: op(opType, [op(opType, [any('x')], { isShared: true })]),
    check: handOn,
    rewrite: takeOut,
  });

/** Replaces the root by an operator over `a` and `b` of the match. */
function becomes(opType: string) {
  return (match: Match, _: true, { editor }: GraphContext): void => {
    const inputs = [match.value('a'), match.value('b')];
    const { name, outputs } = match.root;
    editor.replace(match.root, makeNode(opType, inputs, outputs, {}, name));
    const negated = match.node('negated');
    if (!editor.isUsed(negated.outputs[0] ?? '')) editor.remove(negated);
  };
}

const NEGATED = op('Neg', [any('b')], { as: 'negated', isShared: true });

const subtraction = rule<true>({
  name: 'add-negated',
  identity: 'a + (−b) = a − b',
  pattern: op('Add', [any('a'), NEGATED]),
  check: () => true,
  rewrite: becomes('Sub'),
});

const addition = rule<true>({
  name: 'subtract-negated',
  identity: 'a − (−b) = a + b',
  pattern: op('Sub', [any('a'), NEGATED]),
  check: () => true,
  rewrite: becomes('Add'),
});

/** Erfc of a negated value, as Keras 3 writes its gelu: what is left is the gelu of all others. */
const oddErf = rule<true>({
  name: 'subtract-odd-erf',
  identity: 'a − erf(−b · c) = a + erf(b · c)',
  pattern: op('Sub', [
    any('a'),
    op('Erf', [op('Mul', [NEGATED, any('c')], { as: 'scaled' })], { as: 'erf' }),
  ]),
  check: () => true,
  rewrite: (match, _, { editor }) => {
    editor.update(match.node('scaled'), { inputs: [match.value('b'), match.value('c')] });
    const inputs = [match.value('a'), match.node('erf').outputs[0] ?? ''];
    const { name, outputs } = match.root;
    editor.replace(match.root, makeNode('Add', inputs, outputs, {}, name));
    const negated = match.node('negated');
    if (!editor.isUsed(negated.outputs[0] ?? '')) editor.remove(negated);
  },
});

/** x ∘ c₁ ∘ c₂ = x ∘ c, for products (Mul, Div) or for sums (Add, Sub). */
const meeting = (plain: string, inverse: string, identity: string): Rule =>
  rule<StoredTensor>({
    name: `${plain.toLowerCase()}-chain`,
    identity,
    pattern: op(
      [plain, inverse],
      [op([plain, inverse], [any('x'), constant('c')], { as: 'inner' }), constant('d')],
    ),
    check: (match, context) => {
      const [c, d] = [match.constant('c'), match.constant('d')];
      if (!isFloat(c.type) || c.type !== d.type) return null;
      const isInverse = [match.node('inner').opType === inverse, match.root.opType === inverse];
      const result = combine(c, d, (first, second) => {
        if (plain === 'Mul')
          return (isInverse[0] ? 1 / first : first) * (isInverse[1] ? 1 / second : second);
        return (isInverse[0] ? -first : first) + (isInverse[1] ? -second : second);
      });
      if (!result || !isReasonable(result.values)) return null;
      return vectorTensor(
        context.editor.freshName(match.value('d')),
        d,
        result.dims,
        result.values,
      );
    },
    rewrite: (match, tensor, { editor }) => {
      const inputs = [match.value('x'), editor.addInitializer(tensor)];
      const { name, outputs } = match.root;
      editor.replace(match.root, makeNode(plain, inputs, outputs, {}, name));
      editor.remove(match.node('inner'));
    },
  });

/** Element by element, where the dims are the same but for ones in front, or one has a single element. */
function combine(
  c: StoredTensor,
  d: StoredTensor,
  compute: (first: number, second: number) => number,
): { readonly dims: readonly number[]; readonly values: Float64Array } | undefined {
  const count = Math.max(elementCount(c), elementCount(d));
  const longer = c.dims.length >= d.dims.length ? c : d;
  const isAlike = [c, d].every(
    (tensor) =>
      elementCount(tensor) === 1 || isSameButOnes(tensor.dims, (elementCount(c) > 1 ? c : d).dims),
  );
  if (!isAlike || count > SMALL_ELEMENTS) return undefined;
  const [first, second] = [doubleValues(c), doubleValues(d)];
  if (!first || !second) return undefined;
  const of = (values: ArrayLike<number>, index: number): number =>
    values[values.length === 1 ? 0 : index] ?? 0;
  const full = elementCount(c) === count ? c : d;
  const ones = new Array<number>(longer.dims.length - full.dims.length).fill(1);
  return {
    dims: [...ones, ...full.dims],
    values: Float64Array.from({ length: count }, (_, index) =>
      compute(of(first, index), of(second, index)),
    ),
  };
}

function isSameButOnes(one: readonly number[], other: readonly number[]): boolean {
  const inner = (dims: readonly number[]): string => dims.join().replace(/^(1,)+/, '');
  return inner(one) === inner(other);
}

export const simplifyArithmetic = rulePass(
  'simplify-arithmetic',
  '−(−x) = x; a + (−b) = a − b; a − erf(−b) = a + erf(b); (x · c) · d = x · (c · d); (x + c) + d = x + (c + d)',
  [
    twice('Neg'),
    twice('Not'),
    subtraction,
    addition,
    oddErf,
    meeting('Mul', 'Div', '(x · c) · d = x · (c · d), and likewise divided'),
    meeting('Add', 'Sub', '(x + c) + d = x + (c + d), and likewise subtracted'),
  ],
  { needsTypes: true },
);
