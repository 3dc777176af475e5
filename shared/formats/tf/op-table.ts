/** Every TensorFlow op that has an ONNX form: one table for SavedModel, frozen graphs, TensorFlow.js and TFLite. */
import { BRANCHES } from './control-flow/branch.ts';
import { FUNCTION_CALLS } from './control-flow/function-call.ts';
import { PASSING } from './control-flow/passing.ts';
import { TENSOR_LISTS } from './control-flow/tensor-list.ts';
import { WHILE } from './control-flow/while.ts';
import type { TfOp, TfOpTable, TfStructuralOp, TfStructuralOpTable } from './op.ts';
import { ELEMENTWISE } from './ops/elementwise.ts';

/** Ops over tensors, by family; a test holds that no op stands in two. */
export const VALUE_OPS: Readonly<Record<string, TfOpTable>> = {
  elementwise: ELEMENTWISE,
};

/** Ops over lists, tables and functions. */
export const STRUCTURAL_OPS: Readonly<Record<string, TfStructuralOpTable>> = {
  passing: PASSING,
  calls: FUNCTION_CALLS,
  branches: BRANCHES,
  while: WHILE,
  tensorLists: TENSOR_LISTS,
};

const VALUES = new Map(Object.values(VALUE_OPS).flatMap((table) => Object.entries(table)));
const STRUCTURES = new Map(Object.values(STRUCTURAL_OPS).flatMap((table) => Object.entries(table)));

export const valueOp = (op: string): TfOp | undefined => VALUES.get(op);

export const structuralOp = (op: string): TfStructuralOp | undefined => STRUCTURES.get(op);
