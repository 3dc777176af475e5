/**
 * How many rows the table has that an input of whole numbers indexes.
 *
 * Exporters put work between the two that changes no valid index: casts, shapes, and, of Keras, the wrapping of
 * negative ones (`x < 0 ? x + rows : x`, spelled with Where or with products of 0 and 1). What leaves a few small
 * numbers as they are is taken to leave all.
 */
import { ModelError } from '../../base/errors.ts';
import type { Model } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { elementCount, floatValues, integerValues } from '../../onnx/tensor-data.ts';

/** What is followed through the graph in the input's place. */
const PROBES = [0, 1, 2, 5, 17];

/** Ops behind which the same numbers stand, in another shape. */
const KEEPS_NUMBERS = new Set([
  ...['Expand', 'Flatten', 'Identity', 'Reshape', 'Slice', 'Squeeze', 'Transpose', 'Unsqueeze'],
]);

const flag = (is: boolean): number => (is ? 1 : 0);
/** Of single numbers; a flag is 0 or 1. */
const NUMBER_OPS: Readonly<Record<string, (...numbers: number[]) => number>> = {
  Add: (a = Number.NaN, b = Number.NaN) => a + b,
  Sub: (a = Number.NaN, b = Number.NaN) => a - b,
  Mul: (a = Number.NaN, b = Number.NaN) => a * b,
  Max: (...numbers) => Math.max(...numbers),
  Min: (...numbers) => Math.min(...numbers),
  Less: (a = Number.NaN, b = Number.NaN) => flag(a < b),
  LessOrEqual: (a = Number.NaN, b = Number.NaN) => flag(a <= b),
  Greater: (a = Number.NaN, b = Number.NaN) => flag(a > b),
  GreaterOrEqual: (a = Number.NaN, b = Number.NaN) => flag(a >= b),
  Equal: (a, b) => flag(a === b),
  Not: (a) => flag(a === 0),
  Where: (condition, a = Number.NaN, b = Number.NaN) => (condition === 0 ? b : a),
};

/** The rows of the first table that the input `name` indexes; `undefined` where none is found. */
export function indexBound(name: string, { graph }: Model): number | undefined {
  const probed = new Map<string, readonly number[]>([[name, PROBES]]);
  const constants = new Map(graph.initializers);
  for (const { opType, inputs, outputs, attributes } of graph.nodes) {
    const [first = '', second = ''] = inputs;
    const [output = ''] = outputs;
    const value = attributes.get('value');
    if (opType === 'Constant' && value?.type === 'tensor') constants.set(output, value.value);
    const table = opType === 'Gather' ? constants.get(first) : undefined;
    const indices = table && probed.get(second);
    if (table && indices) {
      const axis = attributes.get('axis');
      const below = table.dims.at(axis?.type === 'int' ? Number(axis.value) : 0) ?? 1;
      if (PROBES.every((probe, at) => probe >= below || indices[at] === probe)) return below;
    }
    const to = attributes.get('to');
    const result = inputs.some((input) => probed.has(input))
      ? follow(opType, inputs, to?.type === 'int' ? Number(to.value) : 0, probed, constants)
      : undefined;
    if (result) probed.set(output, result);
  }
  return undefined;
}

const BOOL = 9;

/** What the op makes of each probe; `undefined` where that is not known. */
function follow(
  opType: string,
  inputs: readonly string[],
  castTo: number,
  probed: ReadonlyMap<string, readonly number[]>,
  constants: ReadonlyMap<string, StoredTensor>,
): readonly number[] | undefined {
  const numbers = probed.get(inputs[0] ?? '');
  if (KEEPS_NUMBERS.has(opType)) return numbers;
  if (opType === 'Cast')
    return castTo === BOOL ? numbers?.map((number) => flag(number !== 0)) : numbers;
  const compute = NUMBER_OPS[opType];
  if (!compute) return undefined;
  const all = inputs.map((input) => probed.get(input) ?? single(constants.get(input)));
  const known = all.filter((each) => each !== undefined);
  if (known.length < all.length) return undefined;
  return PROBES.map((_, at) => compute(...known.map((each) => each[at] ?? Number.NaN)));
}

/** A constant of one element, beside each probe. */
function single(tensor: StoredTensor | undefined): readonly number[] | undefined {
  if (!tensor || elementCount(tensor) !== 1) return undefined;
  const isFloat = /^float(16|32|64)$/.test(tensor.type);
  if (!isFloat && !/^(u?int(8|16|32|64)|bool)$/.test(tensor.type)) return undefined;
  try {
    const [value] = isFloat ? floatValues(tensor) : integerValues(tensor);
    return value === undefined ? undefined : PROBES.map(() => value);
  } catch (error) {
    // Beyond what a double holds exactly: no table is as large.
    if (error instanceof ModelError) return undefined;
    throw error;
  }
}
