/** Ops that hand on whatever they get: tensors, lists, tables, variables. */
import { Unconvertible } from '../../build/unconvertible.ts';
import type { TfStructuralOp, TfStructuralOpTable } from '../op.ts';

const first: TfStructuralOp = ([value]) => {
  if (value) return value;
  throw new Unconvertible('it has no input');
};

export const PASSING: TfStructuralOpTable = {
  Identity: first,
  IdentityN: (inputs) => inputs,
  /** A variable is the value that it holds. */
  ReadVariableOp: first,
};
