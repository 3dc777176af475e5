/** The contents of a {@link StoredTensor}, whatever its storage: as raw_data bytes or as values. */

import { ModelError, UnsupportedError } from '../base/errors.ts';
import { decodeFloat16, fromBfloat16Bits } from '../base/float16.ts';
import type { Tensor, TensorArray, TensorType } from '../base/tensor.ts';
import { type ElementType, rawByteLength } from './element-type.ts';
import { decodeFloat8 } from './float8.ts';
import { unpackTypedField } from './packed-fields.ts';
import type { StoredTensor } from './stored-tensor.ts';

/** The number of elements: the product of `dims`, 1 for a scalar. */
export function elementCount(tensor: { readonly dims: readonly number[] }): number {
  return tensor.dims.reduce((product, dim) => product * dim, 1);
}

/** Bytes that the tensor has as raw_data (for strings: the sum of their lengths), without reading it. */
export function storedByteLength(tensor: StoredTensor): number {
  if (tensor.storage.kind === 'strings')
    return tensor.storage.values.reduce((sum, value) => sum + value.length, 0);
  return rawByteLength(tensor.type, elementCount(tensor));
}

/**
 * The elements as raw_data holds them: little-endian, sub-byte types packed low nibble first.
 * @throws ModelError when the stored length does not fit type and dims.
 */
export function readRaw(tensor: StoredTensor): Uint8Array {
  const raw = rawBytes(tensor);
  const expected = storedByteLength(tensor);
  if (raw.length !== expected) {
    throw new ModelError(
      `tensor '${tensor.name}' holds ${raw.length} bytes: ${tensor.type} ${JSON.stringify(tensor.dims)} needs ${expected}`,
    );
  }
  return raw;
}

/** Longer tensors get memory of their own. */
const SCRATCH_BYTES = 1 << 24;
/** For one tensor, for another that is looked at meanwhile, and so on. */
const scratch: Uint8Array[] = [];
let inUse = 0;

/**
 * Gives `look` the bytes of {@link readRaw}, which are its own until it returns and no longer: a model's worth of
 * memory that is used once costs more than reading it.
 */
export function lookAtRaw<T>(tensor: StoredTensor, look: (raw: Uint8Array) => T): T {
  const length = storedByteLength(tensor);
  const fill = length <= SCRATCH_BYTES ? filler(tensor, length) : undefined;
  if (!fill) return look(readRaw(tensor));
  const raw = scratchOf(length);
  inUse++;
  try {
    fill(raw);
    return look(raw);
  } finally {
    inUse--;
  }
}

/** What writes the tensor's bytes into given memory; `undefined` for one that has them in its own way. */
function filler(
  { storage }: StoredTensor,
  length: number,
): ((target: Uint8Array) => void) | undefined {
  if (storage.kind === 'computed') return storage.fill;
  if (storage.kind !== 'file' || storage.range.length !== length) return undefined;
  const { source, offset } = storage.range;
  return (target) => source.readInto(target, offset);
}

function scratchOf(length: number): Uint8Array {
  let memory = scratch[inUse];
  if (!memory || memory.length < length) {
    memory = new Uint8Array(2 ** Math.ceil(Math.log2(Math.max(length, 1 << 16))));
    scratch[inUse] = memory;
  }
  return memory.subarray(0, length);
}

function rawBytes(tensor: StoredTensor): Uint8Array {
  const { storage } = tensor;
  switch (storage.kind) {
    case 'file':
      return storage.range.source.read(storage.range.offset, storage.range.length);
    case 'memory':
      return storage.bytes;
    case 'computed':
      return storage.compute();
    case 'packed':
      return unpackTypedField(tensor, storage.field, storage.ranges);
    case 'strings':
      throw new UnsupportedError(`tensor '${tensor.name}' holds strings, which have no raw form`);
  }
}

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const satisfies Record<Exclude<TensorType, 'string'>, unknown>;

/** Whether onnxruntime can be fed the type, and JavaScript holds it in an array of its own. */
export function isTensorType(type: ElementType): type is TensorType {
  return type in ARRAYS || type === 'string';
}

/** The tensor in memory. @throws UnsupportedError for types that have no JavaScript array (int4, float8 …): use {@link numberValues}. */
export function tensorOf(tensor: StoredTensor): Tensor {
  const { type, dims } = tensor;
  if (!isTensorType(type))
    throw new UnsupportedError(`tensor '${tensor.name}' is ${type}, which has no array type`);
  if (type === 'string') return { type, dims, data: stringValues(tensor) };
  return { type, dims, data: typedArray(type, readRaw(tensor)) };
}

/** A typed array over the bytes, copied only when they are not aligned for it. */
export function typedArray(
  type: Exclude<TensorType, 'string'>,
  raw: Uint8Array,
): Exclude<TensorArray, readonly string[]> {
  const ArrayType = ARRAYS[type];
  const aligned = raw.byteOffset % ArrayType.BYTES_PER_ELEMENT === 0 ? raw : new Uint8Array(raw);
  return new ArrayType(
    aligned.buffer as ArrayBuffer,
    aligned.byteOffset,
    aligned.byteLength / ArrayType.BYTES_PER_ELEMENT,
  );
}

/** The elements of a string tensor, decoded as UTF-8. */
export function stringValues(tensor: StoredTensor): readonly string[] {
  const { storage } = tensor;
  if (storage.kind !== 'strings')
    throw new ModelError(`tensor '${tensor.name}' is ${tensor.type}, not string`);
  const decoder = new TextDecoder();
  return storage.values.map((value) => decoder.decode(value));
}

/** Real-valued tensors (float16, bfloat16, float8 included) as float32; float64 is rounded. Other types are refused. */
export function floatValues(tensor: StoredTensor): Float32Array {
  const raw = readRaw(tensor);
  switch (tensor.type) {
    case 'float32':
      return typedArray('float32', raw) as Float32Array;
    case 'float64':
      return Float32Array.from(typedArray('float64', raw) as Float64Array);
    case 'float16':
      return decodeFloat16(typedArray('float16', raw) as Uint16Array);
    case 'bfloat16':
      return Float32Array.from(typedArray('uint16', raw) as Uint16Array, fromBfloat16Bits);
    case 'float8e4m3fn':
    case 'float8e4m3fnuz':
    case 'float8e5m2':
    case 'float8e5m2fnuz':
    case 'float8e8m0':
    case 'float4e2m1':
      return decodeFloat8(tensor.type, raw, elementCount(tensor));
    default:
      throw new UnsupportedError(
        `tensor '${tensor.name}' is ${tensor.type}, not a floating-point type`,
      );
  }
}

/** Integer and bool tensors (int4, int2 included) as numbers. @throws ModelError beyond ±2^53. */
export function integerValues(tensor: StoredTensor): readonly number[] {
  const raw = readRaw(tensor);
  switch (tensor.type) {
    case 'int4':
    case 'uint4':
    case 'int2':
    case 'uint2':
      return unpackSubByte(tensor.type, raw, elementCount(tensor));
    case 'int64':
    case 'uint64':
      return Array.from(typedArray(tensor.type, raw) as BigInt64Array | BigUint64Array, (value) => {
        const number = Number(value);
        if (BigInt(number) !== value)
          throw new ModelError(`tensor '${tensor.name}' holds ${value}, beyond what is exact`);
        return number;
      });
    case 'int8':
    case 'uint8':
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
    case 'bool':
      return Array.from(typedArray(tensor.type, raw) as Int32Array);
    default:
      throw new UnsupportedError(`tensor '${tensor.name}' is ${tensor.type}, not an integer type`);
  }
}

/** Sub-byte integers, low bits first. */
export function unpackSubByte(
  type: 'int4' | 'uint4' | 'int2' | 'uint2',
  raw: Uint8Array,
  count: number,
): number[] {
  const bits = type.endsWith('4') ? 4 : 2;
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  const signBit = type.startsWith('i') ? 1 << (bits - 1) : 0;
  return Array.from({ length: count }, (_, index) => {
    const code = ((raw[Math.floor(index / perByte)] ?? 0) >>> ((index % perByte) * bits)) & mask;
    return (code ^ signBit) - signBit;
  });
}
