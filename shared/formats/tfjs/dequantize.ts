/**
 * Weights that the converter made smaller, as the values that TensorFlow.js computes with.
 *
 * Source: tfjs-core/src/io/io_utils.ts, `decodeWeight`.
 */
import { ModelError } from '../../base/errors.ts';
import { decodeFloat16 } from '../../base/float16.ts';
import { bytesOf } from '../../onnx/make-tensor.ts';
import { typedArray } from '../../onnx/tensor-data.ts';
import type { Json } from '../keras/layer.ts';
import { objectAt } from './json.ts';

/** How the integers or halves in the file become values of four bytes each. */
export interface Quantization {
  readonly bytesPerElement: 1 | 2;
  readonly decode: (stored: Uint8Array) => Uint8Array;
}

/** @throws ModelError for one that TensorFlow.js does not know */
export function quantizationOf(json: Json, dtype: string, where: string): Quantization {
  const { dtype: stored, scale, min } = objectAt(json, where);
  const isInteger = dtype === 'int32';
  if (dtype !== 'float32' && !isInteger) throw new ModelError(`${where} is of ${dtype} values`);
  if (stored === 'float16' && !isInteger)
    return {
      bytesPerElement: 2,
      decode: (bytes) => bytesOf(decodeFloat16(typedArray('uint16', bytes) as Uint16Array)),
    };
  if (stored !== 'uint8' && stored !== 'uint16')
    throw new ModelError(`${where} is stored as ${JSON.stringify(stored) ?? 'nothing'}`, {
      hint: 'TensorFlow.js knows uint8, uint16 and float16.',
    });
  if (typeof scale !== 'number' || typeof min !== 'number')
    throw new ModelError(`${where} has no scale and min`);
  return {
    bytesPerElement: stored === 'uint8' ? 1 : 2,
    decode: (bytes) => affine(typedArray(stored, bytes) as Uint8Array, scale, min, isInteger),
  };
}

/** A plain loop: `TypedArray.from` with a function takes a hundred times as long. */
function affine(
  stored: Uint8Array | Uint16Array,
  scale: number,
  min: number,
  isInteger: boolean,
): Uint8Array {
  const values = isInteger ? new Int32Array(stored.length) : new Float32Array(stored.length);
  for (let i = 0; i < stored.length; i++) {
    const value = (stored[i] ?? 0) * scale + min;
    values[i] = isInteger ? Math.round(value) : value;
  }
  return bytesOf(values);
}
