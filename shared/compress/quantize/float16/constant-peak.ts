/** The largest finite size in a constant: whether float16 can hold it. */
import type { StoredTensor } from '../../../onnx/stored-tensor.ts';
import { forEachChunk } from '../weights/kernels/float32-chunks.ts';

const known = new WeakMap<StoredTensor, number>();

/** 0 for a tensor without finite elements but 0. Reads the tensor once, in pieces; it is float32. */
export function constantPeak(tensor: StoredTensor): number {
  const found = known.get(tensor) ?? readPeak(tensor);
  known.set(tensor, found);
  return found;
}

function readPeak(tensor: StoredTensor): number {
  // Sizes of float32 are in the order of their bits.
  let peak = 0;
  forEachChunk(tensor, 1, (values) => {
    const words = new Int32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < words.length; i++) {
      const size = (words[i] as number) & 0x7fffffff;
      if (size > peak && size < 0x7f800000) peak = size;
    }
  });
  return new Float32Array(Int32Array.of(peak).buffer)[0] ?? 0;
}
