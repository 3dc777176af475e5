/** If and Case: the branch itself where the condition is known, else ONNX If. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import type { Shape } from '../../build/dims.ts';
import { comparison } from '../../build/elementwise.ts';
import { reshape } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { functionAttribute } from '../attributes.ts';
import {
  isValue,
  type TfContext,
  type TfStructuralOp,
  type TfStructuralOpTable,
  type TfValue,
} from '../op.ts';
import { commonOf, knownNumber, listOf, stacked } from './list-ops.ts';
import { TensorList } from './list-value.ts';

/** Branches lie in each other (CWE-674): each one more is an If in the else branch of the one before. */
const MAX_BRANCHES = 64;

/** What a branch gives, converted in a body. */
type Branch = (body: Builder) => readonly TfValue[];

const branchOf =
  ({ call }: TfContext, name: string, inputs: readonly TfValue[]): Branch =>
  (body) =>
    call(name, inputs, body);

const convertIf: TfStructuralOp = ([condition, ...inputs], context) => {
  if (!isValue(condition)) throw new Unconvertible('its condition is no tensor');
  const { b, node } = context;
  const isTrue = truth(b, condition);
  const number = knownNumber(isTrue);
  const [yes, no] = ['then_branch', 'else_branch'].map((name) => functionAttribute(node, name));
  if (number !== undefined) return context.call((number ? yes : no) ?? '', inputs);
  return emitIf(
    b,
    isTrue,
    branchOf(context, yes ?? '', inputs),
    branchOf(context, no ?? '', inputs),
  );
};

/** Numbers are true unless they are zero. */
function truth(b: Builder, condition: Value): Value {
  const scalar = condition.shape?.length === 0 ? condition : reshape(b, condition, []);
  return cast(b, scalar, 'bool');
}

const convertCase: TfStructuralOp = ([index, ...inputs], context) => {
  if (!isValue(index)) throw new Unconvertible('its index is no tensor');
  const list = context.node.attributes.get('branches');
  const names = (list?.kind === 'list' ? list.value : []).flatMap((item) =>
    item.kind === 'function' ? [item.value] : [],
  );
  if (names.length === 0 || names.length > MAX_BRANCHES)
    throw new Unconvertible(`it has ${names.length} branches`);
  const branches = names.map((name) => branchOf(context, name, inputs));
  const number = knownNumber(index);
  if (number !== undefined) return (branches[number] ?? branches.at(-1))?.(context.b) ?? [];
  return pickFrom(index, branches, 0)(context.b);
};

/** The branch of the index, counted from `first`; the last one for any that is out of range. */
function pickFrom(index: Value, branches: readonly Branch[], first: number): Branch {
  const [branch = () => [], ...rest] = branches;
  if (rest.length === 0) return branch;
  return (b) =>
    emitIf(
      b,
      comparison(b, 'Equal', index, b.scalar(first, index.type)),
      branch,
      pickFrom(index, rest, first + 1),
    );
}

function emitIf(b: Builder, condition: Value, yes: Branch, no: Branch): TfValue[] {
  const [thenBody, elseBody] = [b.child(), b.child()];
  const thenResults = yes(thenBody);
  const elseResults = no(elseBody);
  if (thenResults.length !== elseResults.length)
    throw new Unconvertible('its branches give different numbers of values');
  const results = thenResults.map((one, place) => ({ one, other: elseResults[place] }));
  const made: { readonly type: Value['type']; readonly shape: Shape | null }[] = [];
  for (const { one, other } of results) {
    if (one === other) continue;
    const [x, y] = [tensorOf(thenBody, one), tensorOf(elseBody, other)];
    if (x.type !== y.type) throw new Unconvertible('its branches give values of different types');
    thenBody.output(thenBody.fresh('then'), x);
    elseBody.output(elseBody.fresh('else'), y);
    made.push({ type: x.type, shape: commonOf(x.shape, y.shape) });
  }
  if (made.length === 0) return [...thenResults];
  const attributes = { then_branch: thenBody.graph('then'), else_branch: elseBody.graph('else') };
  const names = b.node('If', [b.hold(condition)], attributes, made.length);
  const values = made.map(({ type, shape }, place) => b.named(names[place] ?? '', type, shape));
  return results.map(({ one, other }) => {
    if (one === other) return one;
    const value = values.shift() as Value;
    return one instanceof TensorList ? listOf(value) : value;
  });
}

/** A list leaves a branch as one tensor. */
function tensorOf(body: Builder, value: TfValue | undefined): Value {
  if (isValue(value)) return value;
  if (value instanceof TensorList) return stacked(body, value);
  throw new Unconvertible('its branches give something that is no tensor');
}

export const BRANCHES: TfStructuralOpTable = {
  If: convertIf,
  StatelessIf: convertIf,
  Case: convertCase,
  StatelessCase: convertCase,
};
