/** Pixels of images at places that the model computes. */
import type { Builder } from './builder.ts';
import { cast } from './cast.ts';
import { expectRank, isFixed, isStatic, type Shape, sizeOf, upTo } from './dims.ts';
import { arithmetic, comparison, unary, where } from './elementwise.ts';
import { gather } from './join.ts';
import { reshape, unsqueeze } from './reshape.ts';
import { sizeName } from './shape-of.ts';
import { Unconvertible } from './unconvertible.ts';
import type { Value } from './value.ts';

/** Places by row and column, float32, all of them of shapes that broadcast to `[M, h, w]`. */
export interface Places {
  /** Which image, int64. */
  readonly image: Value;
  readonly row: Value;
  readonly column: Value;
}

/** What stands for pixels outside of the image: a number, or the nearest pixel. */
export type Outside = number | Value | 'nearest';

/** A size as an int64 scalar. */
export function sizeValue(b: Builder, x: Value, axis: number): Value {
  const size = x.sizes[axis];
  if (isFixed(size)) return b.scalar(size, 'int64');
  return b.named(b.node('Squeeze', [sizeName(b, x, axis)])[0] ?? '', 'int64', []);
}

/** Of `x` `[N, H, W, C]` the pixels at whole places `[M, h, w, C]`; those outside are `outside`. */
export function pixelsAt(b: Builder, x: Value, places: Places, outside: Outside): Value {
  expectRank(x, 4);
  const channels = x.sizes[3];
  if (!isFixed(channels)) throw new Unconvertible('the number of its channels is free');
  const height = sizeValue(b, x, 1);
  const width = sizeValue(b, x, 2);
  const zero = b.scalar(0, 'int64');
  const one = b.scalar(1, 'int64');
  const bound = (place: Value, size: Value): Value =>
    arithmetic(b, 'Max', arithmetic(b, 'Min', place, arithmetic(b, 'Sub', size, one)), zero);
  const row = cast(b, places.row, 'int64');
  const column = cast(b, places.column, 'int64');
  const rowInside = bound(row, height);
  const columnInside = bound(column, width);
  const line = arithmetic(b, 'Add', arithmetic(b, 'Mul', places.image, height), rowInside);
  const index = arithmetic(b, 'Add', arithmetic(b, 'Mul', line, width), columnInside);
  const flat = reshape(
    b,
    x,
    isStatic(x.sizes) ? [sizeOf(x.sizes) / channels, channels] : [-1, channels],
  );
  const pixels = gather(b, flat, index, 0);
  if (outside === 'nearest') return pixels;
  const isInside = both(
    b,
    comparison(b, 'Equal', row, rowInside),
    comparison(b, 'Equal', column, columnInside),
  );
  return where(b, unsqueeze(b, isInside, [isInside.rank]), pixels, fill(b, outside, x));
}

/** Both hold, element by element. */
export const both = (b: Builder, left: Value, right: Value): Value =>
  comparison(b, 'And', left, right);

const fill = (b: Builder, outside: number | Value, x: Value): Value =>
  typeof outside === 'number' ? b.scalar(outside, x.type) : cast(b, outside, x.type);

/** The weighted mean of the four pixels around each place, float32. */
export function bilinearAt(b: Builder, x: Value, places: Places, outside: Outside): Value {
  const value = cast(b, x, 'float32');
  const one = b.scalar(1, 'float32');
  const ends = (place: Value): { low: Value; high: Value; share: Value; rest: Value } => {
    const low = unary(b, 'Floor', place);
    const share = arithmetic(b, 'Sub', place, low);
    return {
      low,
      high: arithmetic(b, 'Add', low, one),
      share,
      rest: arithmetic(b, 'Sub', one, share),
    };
  };
  const rows = ends(places.row);
  const columns = ends(places.column);
  const weigh = (pixels: Value, weight: Value): Value =>
    arithmetic(b, 'Mul', pixels, unsqueeze(b, weight, [weight.rank]));
  const along = (row: Value): Value => {
    const at = (column: Value): Value =>
      pixelsAt(b, value, { image: places.image, row, column }, outside);
    return arithmetic(
      b,
      'Add',
      weigh(at(columns.low), columns.rest),
      weigh(at(columns.high), columns.share),
    );
  };
  return arithmetic(
    b,
    'Add',
    weigh(along(rows.low), rows.rest),
    weigh(along(rows.high), rows.share),
  );
}

/** The numbers 0, 1 … as float32 along one of three axes: of rows or columns of a result. */
export function ramp(b: Builder, count: number, axis: 1 | 2): Value {
  const shape: Shape = axis === 1 ? [1, count, 1] : [1, 1, count];
  return b.numbers(upTo(count), 'float32', shape as number[]);
}
