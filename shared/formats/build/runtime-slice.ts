/** Parts of a value whose bounds are computed while the model runs, some or all of them. */
import type { Builder } from './builder.ts';
import { cast, int64Name } from './cast.ts';
import type { Dim } from './dims.ts';
import { placeOf } from './order.ts';
import { reshape } from './reshape.ts';
import { type AxisRange, slice, slicedSize } from './slice.ts';
import { Value } from './value.ts';

/** A bound: a number, a scalar or vector `[1]`, or `null` for the whole side. */
export type Bound = number | Value | null;

/** From `start` up to `end` along an axis, both counted from the end when negative. */
export interface RuntimeRange {
  readonly axis: number;
  readonly start: Bound;
  readonly end: Bound;
  readonly step: number;
  /** How many elements it takes, where that is known in spite of the bounds. */
  readonly size?: Dim;
}

/** Beyond every size. */
const FAR = 2 ** 31 - 1;

/** A part along each of some axes. */
export function runtimeSlice(b: Builder, x: Value, ranges: readonly RuntimeRange[]): Value {
  const known = ranges.map(({ axis, start, end, step }): AxisRange | undefined =>
    start instanceof Value || end instanceof Value ? undefined : { axis, start, end, step },
  );
  if (known.every((range) => range !== undefined)) return slice(b, x, known);
  const starts = ranges.map(({ start, step }) => start ?? (step > 0 ? 0 : FAR));
  const ends = ranges.map(({ end, step }) => end ?? (step > 0 ? FAR : -FAR));
  const shape = x.sizes.map((dim, axis) => {
    const range = ranges.find((item) => item.axis === axis);
    return range ? sizeOf(dim, range) : dim;
  });
  const inputs = [
    b.holdAsIs(x),
    vectorName(b, starts),
    vectorName(b, ends),
    b.ints(ranges.map(({ axis }) => placeOf(x.order, axis))),
    b.ints(ranges.map(({ step }) => step)),
  ];
  return b.emit('Slice', inputs, x.type, shape, { order: x.order });
}

function sizeOf(dim: Dim, { axis, start, end, step, size }: RuntimeRange): Dim {
  if (size !== undefined || start instanceof Value || end instanceof Value) return size ?? null;
  return slicedSize(dim, { axis, start, end, step });
}

/** The name of an int64 vector of numbers and scalars. */
export function vectorName(b: Builder, items: readonly (number | Value)[]): string {
  if (items.every((item) => typeof item === 'number')) return b.ints(items);
  const parts = items.map((item) =>
    item instanceof Value ? int64Name(b, reshape(b, cast(b, item, 'int64'), [1])) : b.ints([item]),
  );
  return parts.length === 1 ? (parts[0] ?? '') : (b.node('Concat', parts, { axis: 0 })[0] ?? '');
}
