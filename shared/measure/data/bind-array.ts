/**
 * How one array becomes one input's samples, by its rank alone:
 *
 * - the input's own rank: cut along the batch axis (`[N, 28, 28, 1]` feeds `[1, 28, 28, 1]`);
 * - one rank more: whole samples (`[N, 2, 1, 64]` feeds `[2, 1, 64]`);
 * - rank 0: the same for every sample.
 */

import { InputError } from '../../base/errors.ts';
import { product } from '../../base/product.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { Dim } from '../../onnx/model.ts';
import type { ArraySource } from './array-source.ts';
import { describeInput, type InputSignature } from './input-signature.ts';

export interface BoundArray {
  /** The count of samples; `undefined` for a constant. */
  readonly samples: number | undefined;
  /** Rows of the array in one sample: more than 1 only where the model's batch is fixed. */
  readonly step: number;
  /** The array's own element type, the input's shape. */
  tensor(index: number): Tensor;
}

/** An input of the model, or an output for which the data have golden values. */
export type Port = InputSignature & { readonly isOutput?: boolean };

/** @throws InputError when the array's shape does not fit the port */
export function bindArray(array: ArraySource, input: Port, batchAxis: number): BoundArray {
  const { dims } = array;
  const rank = input.shape?.length;
  if (dims.length === 0) return bindConstant(array, input);
  if (rank === undefined || (dims.length === rank && rank > 0)) {
    return bindBatches(array, input, rank === undefined ? 0 : batchAxis);
  }
  if (dims.length === rank + 1) return bindWholeSamples(array, input);
  throw misfit(array, input, 'has neither its rank nor one more');
}

/**
 * The axis along which samples of an input's own rank lie: the first whose size is free or 1, since
 * a batch is either, but the axis that other inputs also call `symbols` goes first (`[2, batch, 64]`).
 */
export function batchAxisOf(shape: readonly Dim[] | null, symbols: ReadonlySet<string>): number {
  if (shape === null || shape.length === 0) return 0;
  const isFree = (dim: Dim | undefined): boolean => typeof dim !== 'number' || dim === 1;
  const named = shape.findIndex((dim) => typeof dim === 'string' && symbols.has(dim));
  if (isFree(shape[0])) return 0;
  if (named >= 0) return named;
  const free = shape.flatMap((dim, axis) => (isFree(dim) ? [axis] : []));
  // Several free axes behind a fixed first one: nothing tells which is the batch.
  return free.length === 1 ? (free[0] ?? 0) : 0;
}

/** The names of first axes: what exporters call the batch. */
export function batchSymbols(inputs: readonly InputSignature[]): ReadonlySet<string> {
  return new Set(inputs.flatMap(({ shape }) => (typeof shape?.[0] === 'string' ? [shape[0]] : [])));
}

function bindConstant(array: ArraySource, input: Port): BoundArray {
  const { shape } = input;
  if (shape?.some((dim) => typeof dim === 'number' && dim !== 1)) {
    throw misfit(array, input, 'is a single number');
  }
  const whole = array.slice(0, 0, 1);
  const constant = { ...whole, dims: (shape ?? []).map(() => 1) };
  return { samples: undefined, step: 1, tensor: () => constant };
}

function bindBatches(array: ArraySource, input: Port, axis: number): BoundArray {
  const declared = input.shape?.[axis];
  const step = typeof declared === 'number' ? declared : 1;
  const rows = array.dims[axis] ?? 0;
  checkDims(array, array.dims, input, axis);
  if (step === 0 || rows % step !== 0) {
    throw misfit(array, input, `has ${rows} rows, no multiple of the model's batch of ${step}`);
  }
  return {
    samples: rows / step,
    step,
    tensor: (index) => array.slice(axis, index * step, step),
  };
}

function bindWholeSamples(array: ArraySource, input: Port): BoundArray {
  const dims = array.dims.slice(1);
  checkDims(array, dims, input, undefined);
  return {
    samples: array.dims[0] ?? 0,
    step: 1,
    tensor: (index) => ({ ...array.slice(0, index, 1), dims }),
  };
}

function checkDims(
  array: ArraySource,
  dims: readonly number[],
  input: Port,
  except: number | undefined,
): void {
  const fits = (input.shape ?? []).every(
    (dim, axis) => axis === except || typeof dim !== 'number' || dim === dims[axis],
  );
  if (!fits) throw misfit(array, input, 'differs in a fixed axis');
}

function misfit(array: ArraySource, input: Port, why: string): InputError {
  return new InputError(
    `${array.name} of shape [${array.dims.join(', ')}] does not fit ${input.isOutput ? 'output' : 'input'} "${input.name}", ` +
      `${describeInput(input)}: it ${why}`,
    { where: array.name, hint: misfitHint(array.dims, input.shape) },
  );
}

/** The likeliest repair, seen from the shapes. */
function misfitHint(dims: readonly number[], shape: readonly Dim[] | null): string {
  const fixed = (shape ?? []).filter((dim): dim is number => typeof dim === 'number');
  if (shape !== null && dims.length === shape.length && dims.length === 4) {
    const moved = [dims[0], dims[3], dims[1], dims[2]];
    const back = [dims[0], dims[2], dims[3], dims[1]];
    const fits = (order: readonly (number | undefined)[]): boolean =>
      shape.slice(1).every((dim, i) => typeof dim !== 'number' || dim === order[i + 1]);
    if (fits(moved))
      return 'Its axes look like NHWC, the model takes NCHW: transpose (0, 3, 1, 2).';
    if (fits(back)) return 'Its axes look like NCHW, the model takes NHWC: transpose (0, 2, 3, 1).';
  }
  if (shape !== null && dims.length === shape.length - 1) {
    return 'It lacks an axis: add one (a channel axis of 1, say), or a first axis for the samples.';
  }
  if (fixed.length > 0 && product(dims.slice(1)) === product(fixed.slice(fixed[0] === 1 ? 1 : 0))) {
    return 'The count of elements is right: reshape each sample.';
  }
  return 'The first axis counts samples; the others must be those of the model.';
}
