/** Numbers of one text row (JSON, CSV) as the tensor that an input takes. */

import { InputError } from '../../base/errors.ts';
import { product } from '../../base/product.ts';
import type { Tensor } from '../../base/tensor.ts';
import { convertTensor } from './convert.ts';
import { describeInput, type InputSignature } from './input-signature.ts';

/**
 * Flat values in the shape that the input declares, batch 1: at most one of its other axes may be
 * free, and takes what is left. @throws InputError
 */
export function flatTensor(
  values: readonly number[],
  input: InputSignature,
  where: string,
): Tensor {
  return shapedTensor(values, flatDims(values.length, input, where), input, where);
}

/** Values of known shape, in the input's type. @throws InputError for values it cannot hold */
export function shapedTensor(
  values: readonly number[],
  dims: readonly number[],
  input: InputSignature,
  where: string,
): Tensor {
  const tensor: Tensor = { type: 'float64', dims, data: Float64Array.from(values) };
  return convertTensor(tensor, input.type, where);
}

function flatDims(count: number, input: InputSignature, where: string): readonly number[] {
  const { shape } = input;
  if (shape === null) return [1, count];
  const dims = shape.map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? 1 : null));
  const open = dims.flatMap((dim, axis) => (dim === null ? [axis] : []));
  const known = product(dims.map((dim) => dim ?? 1));
  const rest = known === 0 ? 0 : count / known;
  const fits = open.length === 0 ? rest === 1 : open.length === 1 && Number.isInteger(rest);
  // A rank-1 input without a batch axis: its own free axis takes all.
  if (!fits && shape.length === 1 && typeof shape[0] !== 'number') return [count];
  if (!fits) {
    throw new InputError(
      `${where} has ${count} values, input "${input.name}" takes ${describeInput(input)}`,
      { where, hint: 'Give all values of one sample in a row, row-major.' },
    );
  }
  return dims.map((dim) => dim ?? rest);
}
