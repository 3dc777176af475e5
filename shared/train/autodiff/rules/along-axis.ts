/** Linear maps along one axis, and what flows back through them: elements that are moved, repeated, weighted. */
import { countOf, type Shape } from '../../emitter.ts';
import type { Backward } from '../backward.ts';

/** For each place of a result a few places of the operand with their weights; both are lists by tap, then by place. */
export interface Taps {
  readonly places: readonly (readonly number[])[];
  readonly weights: readonly (readonly number[])[];
}

/** Larger matrices (16 MB) are not written into a graph. */
const MAX_MATRIX = 1 << 22;

/** A constant of zeros. */
export const zeros = (back: Backward, shape: Shape): string => back.expand(back.scalar(0), shape);

/** `shape` with another size of one axis. */
export const resized = (shape: Shape, axis: number, size: number): number[] =>
  shape.map((whole, at) => (at === axis ? size : whole));

/** What flows back from a result of taps into an axis of `size`. */
export function scatterTaps(
  back: Backward,
  gradient: string,
  axis: number,
  { places, weights }: Taps,
  size: number,
): string {
  const shape = back.shapeOf(gradient);
  const count = shape[axis] ?? 0;
  if (size * count <= MAX_MATRIX) {
    const matrix = new Float32Array(size * count);
    places.forEach((row, tap) => {
      row.forEach((place, at) => {
        const cell = place * count + at;
        matrix[cell] = (matrix[cell] ?? 0) + (weights[tap]?.[at] ?? 0);
      });
    });
    return mapAlong(back, gradient, axis, matrix, size);
  }
  const parts = places.map((row, tap) => {
    const factors = back.floats(
      shape.map((_, at) => (at === axis ? count : 1)),
      Float32Array.from(weights[tap] ?? []),
    );
    const weighted = back.emit('Mul', [gradient, factors], shape);
    return scatterAlong(back, weighted, axis, row, size);
  });
  const [first = ''] = parts;
  return parts.length === 1 ? first : back.emit('Sum', parts, resized(shape, axis, size));
}

/** `matrix` `[to, from]`, row by row, times `value` along an axis of size `from`. */
export function mapAlong(
  back: Backward,
  value: string,
  axis: number,
  matrix: Float32Array,
  to: number,
): string {
  const shape = back.shapeOf(value);
  const from = shape[axis] ?? 1;
  const [before, behind] = [countOf(shape.slice(0, axis)), countOf(shape.slice(axis + 1))];
  const result = resized(shape, axis, to);
  if (behind > 1) {
    const flat = back.reshape(value, [before, from, behind]);
    const rows = back.floats([to, from], matrix);
    return back.reshape(back.emit('MatMul', [rows, flat], [before, to, behind]), result);
  }
  const columns = new Float32Array(matrix.length);
  for (let row = 0; row < to; row++)
    for (let at = 0; at < from; at++) columns[at * to + row] = matrix[row * from + at] ?? 0;
  const flat = back.reshape(value, [before, from]);
  const product = back.emit('MatMul', [flat, back.floats([from, to], columns)], [before, to]);
  return back.reshape(product, result);
}

/** Axes of up to this size are put together by a Gather. */
const MAX_SELECTION = 1024;

/** `value` put to `places` of an axis of `size`; places that are named twice get the sum. */
export function scatterAlong(
  back: Backward,
  value: string,
  axis: number,
  places: readonly number[],
  size: number,
): string {
  const shape = back.shapeOf(value);
  const wide = resized(shape, axis, size);
  const isSelection = new Set(places).size === places.length && size <= MAX_SELECTION;
  if (isSelection || countOf(shape) === 0) return bySelection(back, value, axis, places, size);
  const row = back.reshape(
    back.ints(places),
    shape.map((_, at) => (at === axis ? places.length : 1)),
  );
  const indices = back.expand(row, shape);
  return back.emit('ScatterElements', [zeros(back, wide), indices, value], wide, {
    attributes: { axis, reduction: 'add' },
  });
}

/** A Gather out of the value and a row of zeros: which of its rows each place has. */
function bySelection(
  back: Backward,
  value: string,
  axis: number,
  places: readonly number[],
  size: number,
): string {
  const shape = back.shapeOf(value);
  const zero = zeros(back, resized(shape, axis, 1));
  const withZero = back.emit(
    'Concat',
    [value, zero],
    shape.map((whole, at) => (at === axis ? whole + 1 : whole)),
    { attributes: { axis } },
  );
  const rows = Array.from({ length: size }, (_, place) => {
    const row = places.indexOf(place);
    return row < 0 ? places.length : row;
  });
  return back.emit('Gather', [withZero, back.ints(rows)], resized(shape, axis, size), {
    attributes: { axis },
  });
}
