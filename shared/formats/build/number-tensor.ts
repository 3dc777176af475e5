/** Small constants of any number type, from JavaScript numbers. */

import { encodeFloat16 } from '../../base/float16.ts';
import type { ElementType } from '../../onnx/element-type.ts';
import { bytesOf, rawTensor } from '../../onnx/make-tensor.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { Unconvertible } from './unconvertible.ts';

const ENCODERS: Partial<Record<ElementType, (values: readonly number[]) => Uint8Array>> = {
  float32: (values) => bytesOf(Float32Array.from(values)),
  float64: (values) => bytesOf(Float64Array.from(values)),
  float16: (values) => bytesOf(encodeFloat16(Float32Array.from(values))),
  int8: (values) => bytesOf(Int8Array.from(values)),
  uint8: (values) => bytesOf(Uint8Array.from(values)),
  int16: (values) => bytesOf(Int16Array.from(values)),
  uint16: (values) => bytesOf(Uint16Array.from(values)),
  int32: (values) => bytesOf(Int32Array.from(values)),
  uint32: (values) => bytesOf(Uint32Array.from(values)),
  int64: (values) => bytesOf(BigInt64Array.from(values, (value) => BigInt(Math.trunc(value)))),
  uint64: (values) => bytesOf(BigUint64Array.from(values, (value) => BigInt(Math.trunc(value)))),
  bool: (values) => bytesOf(Uint8Array.from(values, (value) => (value === 0 ? 0 : 1))),
};

/** A tensor without a name; values are rounded and cut as the type demands. @throws Unconvertible for types of no numbers */
export function numberTensor(
  values: readonly number[],
  type: ElementType,
  dims: readonly number[] = [values.length],
): StoredTensor {
  const encode = ENCODERS[type];
  if (!encode) throw new Unconvertible(`it computes with ${type}, of which no constants are made`);
  return rawTensor('', type, dims, encode(values));
}
