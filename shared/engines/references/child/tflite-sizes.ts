/**
 * Free sizes of TFLite models, fixed in the file's bytes: LiteRT.js cannot resize a model and refuses every
 * shape for one that has free sizes, as whatever Keras makes has a free batch.
 */
import { FlatBuffer } from '../../../formats/tflite/flat-buffer.ts';
import { memorySource } from '../../../onnx/byte-source.ts';

// Slots of the schema (schema.fbs of TensorFlow 2.21).
const MODEL = { subgraphs: 2 };
const SUBGRAPH = { tensors: 0 };
const TENSOR = { shape: 0, signature: 7 };

/**
 * The model with the sizes that the converter planned it with, as a rule 1, in place of free ones; the same
 * bytes when none is free. @throws ModelError for a broken file
 */
export function withFixedSizes(bytes: Uint8Array): Uint8Array {
  const fixed = bytes.slice();
  const view = new DataView(fixed.buffer);
  let isChanged = false;
  for (const graph of new FlatBuffer(memorySource(bytes)).root('TFL3').tables(MODEL.subgraphs))
    for (const tensor of graph.tables(SUBGRAPH.tensors)) {
      const signature = tensor.numbers(TENSOR.signature, 'int');
      const shape = tensor.numbers(TENSOR.shape, 'int');
      if (!signature.includes(-1) || shape.length !== signature.length) continue;
      const { offset } = tensor.range(TENSOR.signature);
      for (const [axis, size] of shape.entries()) view.setInt32(offset + 4 * axis, size, true);
      isChanged = true;
    }
  return isChanged ? fixed : bytes;
}
