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

/**
 * How many numbers are written out one by one (CWE-770): a file may state any size without holding as much.
 * Sides of images and channels of layers are thousands.
 */
const MAX_LISTED = 2 ** 22;

/** `0, 1, … count − 1`; none for less than one. @throws Unconvertible for more than any model has */
export function upTo(count: number): number[] {
  if (count > MAX_LISTED)
    throw new Unconvertible(`a size of ${count} is larger than ${MAX_LISTED}`);
  return Array.from({ length: Math.max(0, count) }, (_, index) => index);
}

/** The rank that an operator asks for. @throws Unconvertible for another */
export function expectRank(value: { readonly rank: number }, rank: number): void {
  if (value.rank !== rank)
    throw new Unconvertible(`it takes a value of ${rank} axes, and gets one of ${value.rank}`);
}

/** TensorFlow has no tensors of more axes: what claims them is broken, and would fill the memory (CWE-770). */
const MAX_RANK = 254;

/** Sizes from a vector that the file holds. @throws Unconvertible for such as no tensor has */
export function checkedSizes(sizes: Shape): Shape {
  checkedRank(sizes.length);
  const wrong = sizes.find((size) => isFixed(size) && !(Number.isSafeInteger(size) && size >= 0));
  if (wrong === undefined) return sizes;
  throw new Unconvertible(
    `no tensor has the sizes [${sizes.map((size) => size ?? '?').join(', ')}]`,
  );
}

/** A shape of which only the rank is known, or nothing. @throws Unconvertible likewise */
export function freeShape(rank: Dim | undefined): Shape | null {
  return isFixed(rank) ? upTo(checkedRank(rank)).map(() => null) : null;
}

/** The rank, when a tensor may have it. @throws Unconvertible likewise */
export function checkedRank(rank: number): number {
  if (rank <= MAX_RANK) return rank;
  throw new Unconvertible(`no tensor has ${rank} axes`);
}

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
