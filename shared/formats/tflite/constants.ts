/** Constant tensors of a TFLite file as ONNX stores them: their bytes stay in the file where that is possible. */
import { LimitError, ModelError } from '../../base/errors.ts';
import { ELEMENT_TYPES, type ElementType, rawByteLength } from '../../onnx/element-type.ts';
import { bytesOf, computedTensor } from '../../onnx/make-tensor.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { elementCount, floatValues, readRaw, unpackSubByte } from '../../onnx/tensor-data.ts';
import { sizeOf } from '../build/dims.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import { densify } from './densify.ts';
import { MAX_DENSE_BYTES } from './limits.ts';
import type { TensorType, TfliteTensor } from './tflite-model.ts';

/** Whether elements of the type are numbers or truth values of ONNX. */
export const isElementType = (type: TensorType): type is TensorType & ElementType =>
  type !== 'resource' && type !== 'variant';

/** Integers of less than a byte, and what holds them one by one. */
const WIDENED: Partial<Record<TensorType, 'int8' | 'uint8'>> = {
  int4: 'int8',
  int2: 'int8',
  uint4: 'uint8',
};

/** The type under which elements are held in ONNX: those of less than a byte are given one each. */
export const heldType = (type: TensorType): TensorType => WIDENED[type] ?? type;

/**
 * The content of a constant tensor, sparse ones written out; without its quantization.
 * @throws ModelError when its bytes do not fit its shape, Unconvertible for text and handles
 */
export function storedConstant(tensor: TfliteTensor): StoredTensor {
  const { name, type, shape, data, sparsity } = tensor;
  if (!isElementType(type) || type === 'string')
    throw new Unconvertible(`its constant "${name}" is of type ${type}`);
  if (sparsity && data) return densify(name, type, shape, data, sparsity);
  const needed = rawByteLength(type, sizeOf(shape));
  if (needed !== (data?.length ?? 0))
    throw new ModelError(
      `tensor '${name}' holds ${data?.length ?? 0} bytes: ${type} [${shape.join(', ')}] needs ${needed}`,
    );
  const stored: StoredTensor = {
    name,
    type,
    dims: shape,
    storage: data ? { kind: 'file', range: data } : { kind: 'memory', bytes: new Uint8Array() },
  };
  return ELEMENT_TYPES[type].bits < 8 ? widen(stored) : stored;
}

/** A byte for each element: ONNX has int4 from opset 21 only, and axes of packed ones cannot be moved. */
function widen(tensor: StoredTensor): StoredTensor {
  const { name, type, dims } = tensor;
  if (type !== 'int4' && type !== 'int2' && type !== 'uint4') return tensor;
  const wide = WIDENED[type] ?? 'int8';
  const count = elementCount(tensor);
  if (count > MAX_DENSE_BYTES)
    throw new LimitError(`tensor '${name}' has ${count} elements of ${type}`);
  return computedTensor(name, wide, dims, () =>
    bytesOf(Int8Array.from(unpackSubByte(type, readRaw(tensor), count))),
  );
}

/** float16 or bfloat16 as float32; made when it is written. */
export function asFloat32(tensor: StoredTensor): StoredTensor {
  if (tensor.type === 'float32') return tensor;
  return computedTensor(tensor.name, 'float32', tensor.dims, () => bytesOf(floatValues(tensor)));
}

/** Integers of 64 bits with one scale, or one for each slice of the axis, as the floats that they stand for. */
export function dequantizeLong(
  tensor: StoredTensor,
  scale: readonly number[],
  axis: number,
): StoredTensor {
  const stride = sizeOf(tensor.dims.slice(axis + 1));
  return computedTensor(tensor.name, 'float32', tensor.dims, () => {
    const raw = readRaw(tensor);
    const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
    const values = new Float32Array(elementCount(tensor));
    for (let index = 0; index < values.length; index++) {
      const slice = scale.length > 1 ? Math.floor(index / stride) % scale.length : 0;
      values[index] = Number(view.getBigInt64(8 * index, true)) * (scale[slice] ?? 1);
    }
    return bytesOf(values);
  });
}
