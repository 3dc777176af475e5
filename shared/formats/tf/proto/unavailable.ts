/** Variables and tables that have no value: readers turn those that have one into constants. */
import { Unconvertible } from '../../build/unconvertible.ts';
import { stringAttribute } from '../attributes.ts';
import type { TfStructuralOp, TfStructuralOpTable } from '../op.ts';

/** The attribute by which a reader says why. */
export const UNAVAILABLE_REASON = 'fettle:reason';

/** What to do about a variable that is no constant. */
export const VARIABLE_HINT =
  'Give a graph whose variables only are read: a SavedModel with its variables folder, an inference signature, or a frozen graph.';

const variable: TfStructuralOp = (_, { node }) => {
  throw new Unconvertible(
    stringAttribute(node, UNAVAILABLE_REASON, 'its value is not in the file'),
    VARIABLE_HINT,
  );
};

const table: TfStructuralOp = (_, { node }) => {
  throw new Unconvertible(
    stringAttribute(node, UNAVAILABLE_REASON, 'its entries are not in the file'),
    'Look texts and keys up before the model, and cut the graph behind it with --inputs TENSOR,….',
  );
};

/** Ops whose result a reader could not replace. */
export const UNAVAILABLE: TfStructuralOpTable = {
  VarHandleOp: variable,
  Variable: variable,
  VariableV2: variable,
  HashTable: table,
  HashTableV2: table,
  MutableHashTable: table,
  MutableHashTableV2: table,
};
