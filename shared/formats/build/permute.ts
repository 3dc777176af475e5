/** Row-major data with its axes in another order. */

import { sizeOf } from './dims.ts';
import { inOrder } from './order.ts';

const WORDS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array } as const;

/**
 * Bytes of a tensor `dims` of elements of `width` bytes, its axes in `order`: `order[i]` is the axis of the
 * input that becomes axis `i`.
 */
export function permuteBytes(
  bytes: Uint8Array,
  dims: readonly number[],
  order: readonly number[],
  width: 1 | 2 | 4 | 8,
): Uint8Array {
  const Words = WORDS[width];
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  const from = new Words(aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.length / width);
  const to = new Words(from.length);
  if (to.length > 0) move(from, to, dims, order);
  return new Uint8Array(to.buffer);
}

type Words = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/** Walks the target in rows of its last axis: one read with a stride, one write, per element. */
function move(from: Words, to: Words, dims: readonly number[], order: readonly number[]): void {
  const strides = dims.map((_, axis) => sizeOf(dims.slice(axis + 1)));
  const sizes = inOrder(dims, order);
  const steps = inOrder(strides, order);
  const rank = sizes.length;
  const rowLength = sizes[rank - 1] ?? 1;
  const rowStep = steps[rank - 1] ?? 1;
  const position = new Array<number>(Math.max(0, rank - 1)).fill(0);
  let start = 0;
  for (let at = 0; at < to.length; ) {
    for (let index = 0, source = start; index < rowLength; index++, source += rowStep)
      to[at++] = from[source] as never;
    for (let axis = rank - 2; axis >= 0; axis--) {
      const step = steps[axis] ?? 0;
      const size = sizes[axis] ?? 1;
      const next = (position[axis] ?? 0) + 1;
      start += step;
      if (next < size) {
        position[axis] = next;
        break;
      }
      position[axis] = 0;
      start -= step * size;
    }
  }
}
