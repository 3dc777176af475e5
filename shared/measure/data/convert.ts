/**
 * Element types: data is brought into the input's own type when that keeps every value.
 *
 * The one exception is rounding among float types, which the model's own arithmetic does anyway.
 * Everything else that would change a value is an error, because it silently spoils every number
 * measured afterwards: 0.3 for an integer input is an input normalized for another model.
 */
import { InputError } from '../../base/errors.ts';
import { decodeFloat16, encodeFloat16 } from '../../base/float16.ts';
import type { Tensor, TensorArray, TensorType } from '../../base/tensor.ts';

const INTEGER_RANGE: Partial<Record<TensorType, readonly [bigint, bigint]>> = {
  bool: [0n, 1n],
  int8: [-128n, 127n],
  uint8: [0n, 255n],
  int16: [-32768n, 32767n],
  uint16: [0n, 65535n],
  int32: [-2147483648n, 2147483647n],
  uint32: [0n, 4294967295n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

const FLOATS: ReadonlySet<TensorType> = new Set(['float16', 'float32', 'float64']);

/** The data of any tensor but one of strings. */
export type NumericArray = Exclude<TensorArray, readonly string[]>;

/** Whether every value of `from` is one of `to`: no value need be looked at. */
export function isSafeCast(from: TensorType, to: TensorType): boolean {
  if (from === to) return true;
  if (from === 'string' || to === 'string') return false;
  const exactBits = { float16: 11, float32: 24, float64: 53 };
  const source = INTEGER_RANGE[from];
  if (source === undefined) {
    return to === 'float64' || (from === 'float16' && to === 'float32');
  }
  if (to === 'float16' || to === 'float32' || to === 'float64') {
    return source[1] <= 2n ** BigInt(exactBits[to]);
  }
  const target = INTEGER_RANGE[to];
  return target !== undefined && target[0] <= source[0] && source[1] <= target[1];
}

/** Says in a note what the conversion is, or `undefined` when there is none. */
export function conversionNote(from: TensorType, to: TensorType): string | undefined {
  if (from === to) return undefined;
  const rounds = FLOATS.has(from) && FLOATS.has(to) && !isSafeCast(from, to);
  return `${from} is fed as ${to}${rounds ? ', rounded' : ''}`;
}

/** The tensor in another element type. `where` names file, array and sample. @throws InputError */
export function convertTensor(tensor: Tensor, type: TensorType, where: string): Tensor {
  if (tensor.type === type) return tensor;
  if (tensor.type === 'string' || type === 'string') {
    throw new InputError(`${where} holds ${tensor.type}, the model takes ${type}`, { where });
  }
  const values = numbersOf(tensor, where);
  const data = FLOATS.has(type)
    ? encodeFloats(asFloats(values, tensor.type, type, where), type, where)
    : encodeIntegers(values, type, where);
  return { type, dims: tensor.dims, data };
}

/**
 * The elements as they count: float16 bits decoded, everything else as it is stored.
 * @throws InputError for strings
 */
export function numbersOf({ type, data }: Tensor, where: string): NumericArray {
  if (type === 'float16' && data instanceof Uint16Array) return decodeFloat16(data);
  if (!isNumericArray(data)) throw new InputError(`${where} holds strings, not numbers`, { where });
  return data;
}

const isNumericArray = (data: TensorArray): data is NumericArray => ArrayBuffer.isView(data);

/** The elements as numbers; integers that a double rounds are rounded. */
export function asNumbers(values: NumericArray): Exclude<NumericArray, BigArray> {
  return isBig(values) ? Float64Array.from(values, Number) : values;
}

type BigArray = BigInt64Array | BigUint64Array;
const isBig = (values: NumericArray): values is BigArray =>
  values instanceof BigInt64Array || values instanceof BigUint64Array;

/** Numbers for a float type: integers that it cannot hold are an error. */
function asFloats(
  values: NumericArray,
  from: TensorType,
  type: TensorType,
  where: string,
): Exclude<NumericArray, BigArray> {
  const numbers = asNumbers(values);
  if (!FLOATS.has(from) && !isSafeCast(from, type)) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0;
      const rounded = roundTo(numbers[i] ?? 0, type);
      if (!Number.isFinite(rounded) || BigInt(rounded) !== BigInt(value)) {
        throw lossy(value, type, where);
      }
    }
  }
  return numbers;
}

function encodeFloats(
  values: Exclude<NumericArray, BigArray>,
  type: TensorType,
  where: string,
): TensorArray {
  if (type === 'float64') return new Float64Array(values);
  if (type === 'float32') return checkOverflow(new Float32Array(values), values, type, where);
  const halves = encodeFloat16(values);
  checkOverflow(decodeFloat16(halves), values, type, where);
  return halves;
}

function encodeIntegers(values: NumericArray, type: TensorType, where: string): TensorArray {
  const [low, high] = INTEGER_RANGE[type] ?? [0n, 0n];
  const integers = new BigInt64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (typeof value === 'number' && !Number.isInteger(value)) throw lossy(value, type, where);
    const integer = BigInt(value);
    if (integer < low || integer > high) throw lossy(value, type, where);
    integers[i] = integer;
  }
  switch (type) {
    case 'int64':
      return integers;
    case 'uint64':
      return new BigUint64Array(integers.buffer);
    case 'int32':
      return Int32Array.from(integers, Number);
    case 'uint32':
      return Uint32Array.from(integers, Number);
    case 'int16':
      return Int16Array.from(integers, Number);
    case 'uint16':
      return Uint16Array.from(integers, Number);
    case 'int8':
      return Int8Array.from(integers, Number);
    default:
      return Uint8Array.from(integers, Number);
  }
}

function checkOverflow<Rounded extends Float32Array>(
  rounded: Rounded,
  values: ArrayLike<number>,
  type: TensorType,
  where: string,
): Rounded {
  for (let i = 0; i < rounded.length; i++) {
    const value = values[i] ?? 0;
    if (!Number.isFinite(rounded[i] ?? 0) && Number.isFinite(value)) {
      throw lossy(value, type, where);
    }
  }
  return rounded;
}

function roundTo(value: number, type: TensorType): number {
  if (type === 'float32') return Math.fround(value);
  if (type === 'float16') return decodeFloat16(encodeFloat16([value]))[0] ?? 0;
  return value;
}

function lossy(value: number | bigint, type: TensorType, where: string): InputError {
  return new InputError(`${where} holds ${value}, which is no ${type} value`, {
    where,
    hint: `Save the data as ${type}, or check that it is prepared for this model.`,
  });
}
