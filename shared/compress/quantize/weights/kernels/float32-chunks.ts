/** Float32 weights a piece at a time: a file is read into one small buffer, so that memory does not grow with the tensor. */
import type { StoredTensor } from '../../../../onnx/stored-tensor.ts';
import { elementCount, floatValues } from '../../../../onnx/tensor-data.ts';

/** About the size of a CPU's second cache; larger pieces were no faster. */
const CHUNK_ELEMENTS = 1 << 18;

/** How many elements {@link forEachChunk} gives at most at once. */
export function chunkLength(tensor: StoredTensor, unit: number): number {
  return Math.min(elementCount(tensor), unit * Math.max(1, Math.floor(CHUNK_ELEMENTS / unit)));
}

/**
 * Calls `visit` with consecutive elements; every piece but the last is a multiple of `unit` elements long.
 * `values` is only valid during the call. With `into` ({@link chunkLength} long) every piece lies there.
 * `tensor` is float32.
 */
export function forEachChunk(
  tensor: StoredTensor,
  unit: number,
  visit: (values: Float32Array, start: number) => void,
  into?: Float32Array<ArrayBuffer>,
): void {
  const count = elementCount(tensor);
  const length = chunkLength(tensor, unit);
  if (length === 0) return;
  const { storage } = tensor;
  if (storage.kind !== 'file' || storage.range.length !== count * 4) {
    const values = floatValues(tensor);
    for (let start = 0; start < count; start += length) {
      const piece = values.subarray(start, start + length);
      into?.set(piece);
      visit(into?.subarray(0, piece.length) ?? piece, start);
    }
    return;
  }
  const { source, offset } = storage.range;
  const buffer = into ?? new Float32Array(length);
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  for (let start = 0; start < count; start += length) {
    const values = buffer.subarray(0, Math.min(length, count - start));
    source.readInto(bytes.subarray(0, values.byteLength), offset + start * 4);
    visit(values, start);
  }
}
