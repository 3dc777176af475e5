/** Any bytes as a TFLite file: a clean error, or a model that can be written. */
import { FettleError } from '../../../shared/base/errors.ts';
import { readTfliteFrom } from '../../../shared/formats/tflite/read-tflite.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { storedByteLength } from '../../../shared/onnx/tensor-data.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';

/** A few bytes can stand for gigabytes of one element, which are not written here. */
const MAX_WRITTEN = 2 ** 20;

/** @throws whatever is not an error for the user */
export function fuzz(data: Uint8Array): void {
  try {
    const { model } = readTfliteFrom(memorySource(data), { shown: 'm.tflite' });
    const weights = [...model.graph.initializers.values()];
    const bytes = weights.reduce((sum, tensor) => sum + storedByteLength(tensor), 0);
    if (bytes < MAX_WRITTEN) encodeModel(model);
  } catch (error) {
    if (!(error instanceof FettleError) || error.exitCode === 70) throw error;
  }
}
