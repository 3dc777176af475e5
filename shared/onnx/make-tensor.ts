/** Tensors made in memory, for passes and quantizers. */
import { DefectError } from '../base/errors.ts';
import type { Tensor, TensorArray } from '../base/tensor.ts';
import { type ElementType, rawByteLength } from './element-type.ts';
import type { StoredTensor } from './stored-tensor.ts';

/** A tensor over raw_data bytes (not copied). */
export function rawTensor(
  name: string,
  type: ElementType,
  dims: readonly number[],
  bytes: Uint8Array,
): StoredTensor {
  const expected = rawByteLength(
    type,
    dims.reduce((product, dim) => product * dim, 1),
  );
  if (bytes.length !== expected)
    throw new DefectError(`tensor '${name}': ${bytes.length} bytes given, ${expected} needed`);
  return { name, type, dims, storage: { kind: 'memory', bytes } };
}

/** A tensor whose bytes are made when it is written, of those of `sources`; see `computed` in stored-tensor.ts. */
export function computedTensor(
  name: string,
  type: ElementType,
  dims: readonly number[],
  compute: () => Uint8Array,
  sources?: readonly StoredTensor[],
): StoredTensor {
  const byteLength = rawByteLength(
    type,
    dims.reduce((product, dim) => product * dim, 1),
  );
  return {
    name,
    type,
    dims,
    storage: { kind: 'computed', byteLength, compute, ...(sources && { sources }) },
  };
}

/** The same, for bytes that can be written into given memory: a model's worth of them then takes that of one tensor. */
export function filledTensor(
  name: string,
  type: ElementType,
  dims: readonly number[],
  fill: (target: Uint8Array) => void,
  sources?: readonly StoredTensor[],
): StoredTensor {
  const byteLength = rawByteLength(
    type,
    dims.reduce((product, dim) => product * dim, 1),
  );
  const compute = (): Uint8Array => {
    const bytes = new Uint8Array(byteLength);
    fill(bytes);
    return bytes;
  };
  const storage = {
    kind: 'computed',
    byteLength,
    compute,
    fill,
    ...(sources && { sources }),
  } as const;
  return { name, type, dims, storage };
}

/** A float32 tensor of the values, rounded to float32. */
export function float32Tensor(
  name: string,
  dims: readonly number[],
  values: ArrayLike<number>,
): StoredTensor {
  return rawTensor(
    name,
    'float32',
    dims,
    bytesOf(values instanceof Float32Array ? values : Float32Array.from(values)),
  );
}

/** An int64 tensor of safe integers: shapes, axes, indices. */
export function int64Tensor(
  name: string,
  dims: readonly number[],
  values: readonly number[],
): StoredTensor {
  return rawTensor(name, 'int64', dims, bytesOf(BigInt64Array.from(values, BigInt)));
}

/** The stored form of a tensor in memory. */
export function storeTensor(name: string, tensor: Tensor): StoredTensor {
  const { type, dims, data } = tensor;
  if (isStrings(data)) {
    const encoder = new TextEncoder();
    return {
      name,
      type,
      dims,
      storage: { kind: 'strings', values: data.map((value) => encoder.encode(value)) },
    };
  }
  return rawTensor(name, type, dims, bytesOf(data));
}

/** The bytes under a typed array (not copied). */
export function bytesOf(array: Exclude<TensorArray, readonly string[]>): Uint8Array {
  return new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
}

function isStrings(data: TensorArray): data is readonly string[] {
  return Array.isArray(data);
}
