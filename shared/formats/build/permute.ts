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
  const moved = new Uint8Array(bytes.length);
  permuteInto(moved, bytes, dims, order, width);
  return moved;
}

/** The same into memory of that length, which begins where elements may begin. */
export function permuteInto(
  target: Uint8Array,
  bytes: Uint8Array,
  dims: readonly number[],
  order: readonly number[],
  width: 1 | 2 | 4 | 8,
): void {
  const axes = joinAxes(dims, order);
  // A single axis is left: nothing moves.
  if (axes.length <= 1) {
    target.set(bytes);
    return;
  }
  const Words = WORDS[width];
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  const from = new Words(aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.length / width);
  const to = new Words(target.buffer as ArrayBuffer, target.byteOffset, from.length);
  for (const tile of tilesOf(axes)) {
    // Each type by itself: a loop that meets several of them is compiled for none.
    if (from instanceof BigUint64Array) moveWide(from, to as BigUint64Array, tile);
    else if (from instanceof Uint32Array) move(from, to as Uint32Array, tile);
    else moveNarrow(from, to as Uint8Array, tile);
  }
}

/** An axis of the result. */
interface Axis {
  readonly size: number;
  /** From one element along it to the next, in elements of the input. */
  readonly from: number;
  /** The same in elements of the result. */
  readonly to: number;
}

/** Axes of size 1 are left out, and neighbours that stay neighbours count as one. */
function joinAxes(dims: readonly number[], order: readonly number[]): Axis[] {
  const strides = dims.map((_, axis) => sizeOf(dims.slice(axis + 1)));
  const moved = inOrder(dims, order);
  const axes: Axis[] = [];
  for (const [place, from] of inOrder(strides, order).entries()) {
    const size = moved[place] ?? 1;
    if (size === 1) continue;
    const to = sizeOf(moved.slice(place + 1));
    const last = axes.at(-1);
    if (last?.from === from * size) axes[axes.length - 1] = { size: last.size * size, from, to };
    else axes.push({ size, from, to });
  }
  return axes;
}

/** A matrix to be turned: where it begins on both sides, and its two axes. */
interface Tile {
  readonly source: number;
  readonly target: number;
  readonly rows: Axis;
  readonly columns: Axis;
}

/** Rows and columns of a block: both sides of it stay in the cache while it is turned. */
const BLOCK = 32;

/**
 * Rows run along the input's innermost axis and columns along the result's, so that of each line of memory that is
 * fetched on either side all is used. All other axes are gone through within a block of rows.
 */
function* tilesOf(axes: readonly Axis[]): Generator<Tile> {
  const columns = axes.at(-1);
  const inner = axes.toSorted((a, b) => a.from - b.from)[0];
  const rows = inner === columns ? axes.at(-2) : inner;
  if (!rows || !columns) return;
  const others = axes.filter((axis) => axis !== rows && axis !== columns);
  for (let row = 0; row < rows.size; row += BLOCK) {
    const block = { ...rows, size: Math.min(BLOCK, rows.size - row) };
    for (const [source, target] of placesAlong(others))
      yield {
        source: source + row * rows.from,
        target: target + row * rows.to,
        rows: block,
        columns,
      };
  }
}

/** Every place along some axes, on both sides. */
function* placesAlong(axes: readonly Axis[]): Generator<readonly [source: number, target: number]> {
  const position = axes.map(() => 0);
  let [source, target] = [0, 0];
  for (let left = sizeOf(axes.map(({ size }) => size)); left > 0; left--) {
    yield [source, target];
    for (let place = axes.length - 1; place >= 0; place--) {
      const { size, from, to } = axes[place] ?? { size: 1, from: 0, to: 0 };
      const next = (position[place] ?? 0) + 1;
      source += from;
      target += to;
      position[place] = next;
      if (next < size) break;
      position[place] = 0;
      source -= from * size;
      target -= to * size;
    }
  }
}

function move(from: Uint32Array, to: Uint32Array, { source, target, rows, columns }: Tile): void {
  for (let first = 0; first < columns.size; first += BLOCK) {
    const count = Math.min(BLOCK, columns.size - first);
    for (let row = 0; row < rows.size; row++) {
      let at = target + row * rows.to + first * columns.to;
      let read = source + row * rows.from + first * columns.from;
      for (let column = 0; column < count; column++, at += columns.to, read += columns.from)
        to[at] = from[read] ?? 0;
    }
  }
}

/** The same for 8 and 16 bits, of which there is less. */
function moveNarrow(
  from: Uint8Array | Uint16Array,
  to: Uint8Array | Uint16Array,
  { source, target, rows, columns }: Tile,
): void {
  for (let row = 0; row < rows.size; row++) {
    let at = target + row * rows.to;
    let read = source + row * rows.from;
    for (let column = 0; column < columns.size; column++, at += columns.to, read += columns.from)
      to[at] = from[read] ?? 0;
  }
}

/** The same for 64 bits. */
function moveWide(
  from: BigUint64Array,
  to: BigUint64Array,
  { source, target, rows, columns }: Tile,
): void {
  for (let row = 0; row < rows.size; row++) {
    let at = target + row * rows.to;
    let read = source + row * rows.from;
    for (let column = 0; column < columns.size; column++, at += columns.to, read += columns.from)
      to[at] = from[read] ?? 0n;
  }
}
