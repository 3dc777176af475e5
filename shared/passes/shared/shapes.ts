/** What can be said of shapes that are known in part. */
import type { Dim } from '../../onnx/model.ts';

/** The product of the dims, when all are numbers. */
export function sizeOf(shape: readonly Dim[] | undefined): number | undefined {
  let size = 1;
  for (const dim of shape ?? [null]) {
    if (typeof dim !== 'number') return undefined;
    size *= dim;
  }
  return size;
}

/** Whether two shapes are known and the same number by number. */
export function sameStatic(
  one: readonly Dim[] | undefined,
  other: readonly Dim[] | undefined,
): boolean {
  return (
    one !== undefined &&
    one.length === other?.length &&
    one.every((dim, axis) => typeof dim === 'number' && dim === other[axis])
  );
}

/**
 * Whether two shapes of equally many elements must be the same: they agree in all dims but one, those
 * are numbers, and none is 0 (else the last one could be anything).
 */
export function sameByCount(
  one: readonly Dim[] | undefined,
  other: readonly Dim[] | undefined,
): boolean {
  if (one === undefined || one.length !== other?.length) return false;
  const open = one.filter((dim, axis) => typeof dim !== 'number' || dim !== other[axis]);
  return open.length <= 1 && !one.includes(0);
}

/** An axis counted from the front. */
export function frontAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/**
 * Whether a constant of these dims, broadcast with a value of that shape, leaves the shape as it is.
 * Each of its dims must be 1, or a number that the value is known to have there.
 */
export function broadcastsInto(
  dims: readonly number[],
  shape: readonly Dim[] | undefined,
): boolean {
  if (dims.every((dim) => dim === 1) && dims.length <= (shape?.length ?? 0)) return true;
  if (dims.length === 0) return true;
  if (!shape || dims.length > shape.length) return false;
  const offset = shape.length - dims.length;
  return dims.every((dim, axis) => dim === 1 || dim === shape[offset + axis]);
}
