/** Constants of real numbers in the type that a value has. */
import { encodeFloat16 } from '../../base/float16.ts';
import { bytesOf, float32Tensor, rawTensor } from '../../onnx/make-tensor.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';

/** The real types that fused operators of onnxruntime's CPU take. */
export type FusedType = 'float32' | 'float16';

/** Whether fused operators take the type. */
export function isFusedType(type: string | undefined): type is FusedType {
  return type === 'float32' || type === 'float16';
}

/** The values, rounded to the type. */
export function floatTensor(
  name: string,
  type: FusedType,
  dims: readonly number[],
  values: ArrayLike<number>,
): StoredTensor {
  if (type === 'float32') return float32Tensor(name, dims, values);
  return rawTensor(name, type, dims, bytesOf(encodeFloat16(values)));
}
