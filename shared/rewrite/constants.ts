/** Small constants as numbers, whatever their type. */
import type { StoredTensor } from '../onnx/stored-tensor.ts';
import {
  elementCount,
  floatValues,
  integerValues,
  readRaw,
  typedArray,
} from '../onnx/tensor-data.ts';

/** Elements up to which a constant is looked at to see what it holds: shapes, axes, scales of channels. */
export const SMALL_ELEMENTS = 4096;

const FLOATS: ReadonlySet<string> = new Set(['float32', 'float16', 'bfloat16', 'float64']);

/** Whether the type holds real numbers that passes may compute with. */
export function isFloat(type: string): boolean {
  return FLOATS.has(type);
}

/** The values in double precision, or `undefined` for strings, complex numbers and exotic types. */
export function doubleValues(tensor: StoredTensor): ArrayLike<number> | undefined {
  if (tensor.type === 'float64') return typedArray('float64', readRaw(tensor)) as Float64Array;
  if (isFloat(tensor.type)) return floatValues(tensor);
  if (tensor.type === 'bool' || /^u?int/.test(tensor.type)) return integersOf(tensor);
  return undefined;
}

/** The value of a tensor with one element. */
export function scalarValue(tensor: StoredTensor): number | undefined {
  return elementCount(tensor) === 1 ? doubleValues(tensor)?.[0] : undefined;
}

/** The integers of a small tensor (a shape, axes, bounds), or `undefined`. */
export function smallInts(tensor: StoredTensor | undefined): readonly number[] | undefined {
  if (!tensor || elementCount(tensor) > SMALL_ELEMENTS || isFloat(tensor.type)) return undefined;
  const values = doubleValues(tensor);
  return values && Array.from(values);
}

/** INT64_MAX and the like stand for "to the end": they become the largest safe integer. */
function integersOf(tensor: StoredTensor): readonly number[] {
  if (tensor.type !== 'int64' && tensor.type !== 'uint64') return integerValues(tensor);
  const values = typedArray(tensor.type, readRaw(tensor)) as BigInt64Array | BigUint64Array;
  return Array.from(values, (value) =>
    Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value))),
  );
}
