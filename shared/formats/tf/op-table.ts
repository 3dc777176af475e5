/** Every TensorFlow op that has an ONNX form: one table for SavedModel, frozen graphs, TensorFlow.js and TFLite. */

import { TFLITE_OPS } from '../tflite/ops.ts';
import { BRANCHES } from './control-flow/branch.ts';
import { CONTROL_NODES } from './control-flow/frames/lower-frames.ts';
import { FUNCTION_CALLS } from './control-flow/function-call.ts';
import { LOOKUP_TABLES } from './control-flow/lookup-table.ts';
import { PASSING } from './control-flow/passing.ts';
import { TENSOR_ARRAYS } from './control-flow/tensor-array.ts';
import { TENSOR_LISTS } from './control-flow/tensor-list.ts';
import { WHILE } from './control-flow/while.ts';
import type { TfOp, TfOpTable, TfStructuralOp, TfStructuralOpTable } from './op.ts';
import { ACTIVATIONS } from './ops/activations.ts';
import { ARITHMETIC } from './ops/arithmetic.ts';
import { BITWISE } from './ops/bitwise.ts';
import { CASTING } from './ops/casting.ts';
import { CHECKS } from './ops/checks.ts';
import { COLOR } from './ops/color.ts';
import { COMPARISON } from './ops/comparison.ts';
import { CONVOLUTION } from './ops/convolution.ts';
import { COUNTING } from './ops/counting.ts';
import { DETECTION } from './ops/detection.ts';
import { DIAGONALS } from './ops/diagonals.ts';
import { ELEMENTWISE } from './ops/elementwise.ts';
import { FOURIER } from './ops/fourier.ts';
import { FUSED } from './ops/fused.ts';
import { GATHERING } from './ops/gathering.ts';
import { IMAGE } from './ops/image.ts';
import { NORMALIZATION } from './ops/normalization.ts';
import { ORDERING } from './ops/ordering.ts';
import { PADDING } from './ops/padding.ts';
import { POOLING } from './ops/pooling.ts';
import { PRODUCTS } from './ops/products.ts';
import { QUANTIZATION } from './ops/quantization.ts';
import { RECURRENT } from './ops/recurrent.ts';
import { REDUCTION } from './ops/reduction.ts';
import { RESHAPING } from './ops/reshaping.ts';
import { SCATTERING } from './ops/scattering.ts';
import { SHAPING } from './ops/shaping.ts';
import { SLICING } from './ops/slicing.ts';
import { SPACE } from './ops/space.ts';
import { UNAVAILABLE } from './proto/unavailable.ts';

/** Ops over tensors, by family; a test holds that no op stands in two. */
export const VALUE_OPS: Readonly<Record<string, TfOpTable>> = {
  checks: CHECKS,
  activations: ACTIVATIONS,
  elementwise: ELEMENTWISE,
  arithmetic: ARITHMETIC,
  comparison: COMPARISON,
  bitwise: BITWISE,
  casting: CASTING,
  reduction: REDUCTION,
  products: PRODUCTS,
  reshaping: RESHAPING,
  shaping: SHAPING,
  slicing: SLICING,
  padding: PADDING,
  gathering: GATHERING,
  scattering: SCATTERING,
  ordering: ORDERING,
  diagonals: DIAGONALS,
  tflite: TFLITE_OPS,
  convolution: CONVOLUTION,
  fused: FUSED,
  normalization: NORMALIZATION,
  pooling: POOLING,
  space: SPACE,
  color: COLOR,
  counting: COUNTING,
  detection: DETECTION,
  image: IMAGE,
  quantization: QUANTIZATION,
  recurrent: RECURRENT,
};

/** Ops over lists, tables and functions. */
export const STRUCTURAL_OPS: Readonly<Record<string, TfStructuralOpTable>> = {
  passing: PASSING,
  calls: FUNCTION_CALLS,
  branches: BRANCHES,
  while: WHILE,
  controlNodes: CONTROL_NODES,
  tensorLists: TENSOR_LISTS,
  tensorArrays: TENSOR_ARRAYS,
  lookupTables: LOOKUP_TABLES,
  unavailable: UNAVAILABLE,
  fourier: FOURIER,
};

const VALUES = new Map(Object.values(VALUE_OPS).flatMap((table) => Object.entries(table)));
const STRUCTURES = new Map(Object.values(STRUCTURAL_OPS).flatMap((table) => Object.entries(table)));

export const valueOp = (op: string): TfOp | undefined => VALUES.get(op);

export const structuralOp = (op: string): TfStructuralOp | undefined => STRUCTURES.get(op);
