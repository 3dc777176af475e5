/** Arithmetic of partly known shapes. A name stands for one size wherever it occurs in a source model. */
import type { Dim } from '../../onnx/model.ts';

export type { Dim } from '../../onnx/model.ts';

import { Unconvertible } from './unconvertible.ts';

/** Sizes by axis, in the source's axis order. A name is a size that is free but the same everywhere; `null` is any. */
export type Shape = readonly Dim[];

/** What is known of the elements of a small tensor: numbers, names of dimensions, or nothing (`null`). */
export type Known = readonly Dim[];

/** Whether the size is a number. */
export const isFixed = (dim: Dim | undefined): dim is number => typeof dim === 'number';

/** Whether every size is a number. */
export const isStatic = (shape: Shape | null | undefined): shape is readonly number[] =>
  shape?.every(isFixed) ?? false;

/** The product of fixed sizes; 1 for none. */
export const sizeOf = (dims: readonly number[]): number =>
  dims.reduce((product, dim) => product * dim, 1);

/** `0, 1, … count − 1`. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** An axis counted from the front. @throws Unconvertible when the rank has no such axis */
export function frontAxis(axis: number, rank: number): number {
  const front = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(front) && front >= 0 && front < rank) return front;
  throw new Unconvertible(`axis ${axis} does not exist: the value has ${rank} axes`);
}

/** Axes counted from the front, sorted, each once. @throws Unconvertible likewise */
export function frontAxes(axes: readonly number[], rank: number): number[] {
  return [...new Set(axes.map((axis) => frontAxis(axis, rank)))].sort((a, b) => a - b);
}

/** The shape of an elementwise result, by the rules of NumPy. `null` where a rank is unknown. */
export function broadcastShapes(shapes: readonly (Shape | null)[]): Shape | null {
  let result: Shape | null = [];
  for (const shape of shapes) {
    if (shape === null || result === null) return null;
    result = broadcastTwo(result, shape);
  }
  return result;
}

function broadcastTwo(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return upTo(rank).map((axis) =>
    broadcastDims(
      a[axis - rank + a.length] ?? missing(axis, a, rank),
      b[axis - rank + b.length] ?? missing(axis, b, rank),
    ),
  );
}

/** In front of a shorter shape stand ones. */
const missing = (axis: number, shape: Shape, rank: number): Dim =>
  axis < rank - shape.length ? 1 : null;

/** One size of two that are broadcast. @throws Unconvertible when they do not fit */
export function broadcastDims(a: Dim, b: Dim): Dim {
  if (a === 1) return b;
  if (b === 1 || a === b) return a;
  if (isFixed(a) && isFixed(b))
    throw new Unconvertible(`sizes ${a} and ${b} do not fit each other`);
  // A fixed size other than 1 wins: the free one is equal to it or 1.
  if (isFixed(a)) return a;
  return isFixed(b) ? b : null;
}

/** Of two descriptions of one size, the one that says more. */
export const moreKnown = (a: Dim, b: Dim): Dim =>
  isFixed(a) || b === null ? a : isFixed(b) || a === null ? b : a;

/** Two descriptions of one shape together. */
export function mergeShapes(a: Shape | null, b: Shape | null): Shape | null {
  if (a === null || b === null) return a ?? b;
  return a.length === b.length ? a.map((dim, axis) => moreKnown(dim, b[axis] ?? null)) : a;
}

/** `a + b`; a name plus 0 keeps its name. */
export function addDims(a: Dim, b: Dim): Dim {
  if (isFixed(a) && isFixed(b)) return a + b;
  if (a === 0) return b;
  return b === 0 ? a : null;
}

/**
 * The size that makes a product of `dims` and itself equal to the product of `whole`: what −1 stands
 * for in a reshape. Equal names cancel; `null` when it cannot be told.
 */
export function quotient(whole: Shape, dims: Shape): Dim {
  const left = [...whole];
  let divisor = 1;
  for (const dim of dims) {
    if (isFixed(dim)) divisor *= dim;
    else if (dim === null || !left.includes(dim)) return null;
    else left.splice(left.indexOf(dim), 1);
  }
  const fixed = sizeOf(left.filter(isFixed));
  const free = left.filter((dim) => !isFixed(dim));
  if (free.length === 0) return divisor > 0 && fixed % divisor === 0 ? fixed / divisor : null;
  return free.length === 1 && fixed === divisor ? (free[0] ?? null) : null;
}
