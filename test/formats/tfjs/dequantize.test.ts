import { io } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { ModelError } from '../../../shared/base/errors.ts';
import type { Json } from '../../../shared/formats/keras/layer.ts';
import { quantizationOf } from '../../../shared/formats/tfjs/dequantize.ts';

const bytes = Uint8Array.from({ length: 64 }, (_, index) => (index * 37) % 256);

test.each([
  ['float32', { dtype: 'uint8', scale: 0.0123, min: -1.7 }],
  ['float32', { dtype: 'uint16', scale: 1.5e-4, min: -3.1 }],
  ['float32', { dtype: 'float16' }],
  ['int32', { dtype: 'uint8', scale: 3.7, min: -400 }],
  ['int32', { dtype: 'uint16', scale: 0.5, min: -0.25 }],
] as const)('%s from %j is what TensorFlow.js makes of it', (dtype, quantization) => {
  const { bytesPerElement, decode } = quantizationOf(quantization, dtype, 'it');
  const shape = [bytes.length / bytesPerElement];
  const spec = {
    name: 'w',
    shape,
    dtype,
    quantization: { ...quantization, original_dtype: dtype },
  };
  const { w } = io.decodeWeights(bytes.slice().buffer, [spec as io.WeightsManifestEntry]);
  if (!w) throw new Error('no weight');
  const wanted = w.dataSync() as Float32Array;
  expect([...decode(bytes)]).toEqual([...new Uint8Array(wanted.buffer)]);
});

test.each<[string, Json, string]>([
  ['an unknown type', { dtype: 'int4', scale: 1, min: 0 }, 'float32'],
  ['no scale', { dtype: 'uint8', min: 0 }, 'float32'],
  ['halves of integers', { dtype: 'float16' }, 'int32'],
  ['values of another type', { dtype: 'uint8', scale: 1, min: 0 }, 'bool'],
  ['no object', 7, 'float32'],
])('%s is refused', (_, json, dtype) => {
  expect(() => quantizationOf(json, dtype, 'it')).toThrow(ModelError);
});
