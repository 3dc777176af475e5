/** Parts of a value, and margins around it. */
import type { Builder } from './builder.ts';
import { cast } from './cast.ts';
import { type Dim, isFixed, type Known } from './dims.ts';
import { kernelType } from './kernel-type.ts';
import { inOrder, placeOf, placesOf } from './order.ts';
import { Unconvertible } from './unconvertible.ts';
import type { Value } from './value.ts';

/** From `start` up to `end`, both counted from the end when negative; `null`: the whole side. */
export interface AxisRange {
  readonly axis: number;
  readonly start: number | null;
  readonly end: number | null;
  readonly step: number;
}

/** Beyond every size, and no problem as an int64. */
const FAR = 2 ** 31 - 1;

/** A part along each of some axes. Known elements of vectors stay known. */
export function slice(b: Builder, x: Value, ranges: readonly AxisRange[]): Value {
  const real = ranges.filter(
    ({ start, end, step }) => step !== 1 || (start ?? 0) !== 0 || end !== null,
  );
  if (real.length === 0) return x;
  const shape = x.sizes.map((dim, axis) => {
    const range = real.find((item) => item.axis === axis);
    return range ? slicedSize(dim, range) : dim;
  });
  const known = x.rank === 1 && real[0] ? sliceKnown(x.known, real[0]) : undefined;
  if (known?.every(isFixed)) return b.numbers(known, x.type);
  const start = ({ start, step }: AxisRange): number => start ?? (step > 0 ? 0 : FAR);
  const end = ({ end, step }: AxisRange): number => end ?? (step > 0 ? FAR : -FAR);
  return b
    .emit(
      'Slice',
      [
        b.holdAsIs(x),
        b.ints(real.map(start)),
        b.ints(real.map(end)),
        b.ints(real.map(({ axis }) => placeOf(x.order, axis))),
        b.ints(real.map(({ step }) => step)),
      ],
      x.type,
      shape,
      { order: x.order },
    )
    .withKnown(known);
}

/** How many elements a range takes of an axis. */
export function slicedSize(dim: Dim, range: AxisRange): Dim {
  if (isFixed(dim)) return placesIn(dim, range).count;
  const { start, end, step } = range;
  // Of one that is there it takes one: an index.
  if (step === 1 && start !== null && end !== null && end - start === 1 && start >= 0 === end > 0)
    return start >= 0 || end < 0 ? 1 : null;
  if (step === 1 && start === -1 && end === null) return 1;
  return step === -1 && start === null && end === null ? dim : null;
}

/** The first index that a range takes of an axis, and how many it takes, by the rules of NumPy. */
function placesIn(
  size: number,
  { start, end, step }: AxisRange,
): { readonly from: number; readonly count: number } {
  if (step === 0) throw new Unconvertible('it slices with a step of 0');
  const clamp = (index: number): number => {
    const front = index < 0 ? index + size : index;
    return step > 0 ? Math.min(Math.max(front, 0), size) : Math.min(Math.max(front, -1), size - 1);
  };
  const from = start === null ? (step > 0 ? 0 : size - 1) : clamp(start);
  const to = end === null ? (step > 0 ? size : -1) : clamp(end);
  return { from, count: Math.max(0, Math.ceil((to - from) / step)) };
}

/** The indices that a range takes of an axis, likewise. */
export function indicesOf(size: number, range: AxisRange): number[] {
  const { from, count } = placesIn(size, range);
  return Array.from({ length: count }, (_, index) => from + index * range.step);
}

function sliceKnown(known: Known | undefined, range: AxisRange): Known | undefined {
  return known && indicesOf(known.length, range).map((index) => known[index] ?? null);
}

/** Elements added on both sides of each axis. */
export type Padding = readonly (readonly [before: number, after: number])[];

/**
 * Margins by axis of the source. `value` fills them in mode `constant`; 0 by default.
 *
 * @throws Unconvertible when there is not one pair an axis
 */
export function pad(
  b: Builder,
  x: Value,
  padding: Padding,
  mode: 'constant' | 'reflect' | 'edge' | 'wrap' = 'constant',
  value?: Value,
): Value {
  if (padding.length !== x.rank)
    throw new Unconvertible(`it has margins for ${padding.length} axes of ${x.rank}`);
  if (padding.every(([before, after]) => before === 0 && after === 0)) return x;
  if (mode === 'wrap') b.require(19, 'padding that wraps around');
  const byPlace = inOrder(padding, placesOf(x.order, x.rank));
  const pads = [...byPlace.map(([before]) => before), ...byPlace.map(([, after]) => after)];
  const shape = x.sizes.map((dim, axis) => {
    const [before, after] = padding[axis] ?? [0, 0];
    return before + after === 0 ? dim : isFixed(dim) ? dim + before + after : null;
  });
  const carried = kernelType('Pad', x.type, b.opset);
  const inputs = [
    b.holdAsIs(cast(b, x, carried)),
    b.ints(pads),
    ...(value ? [b.hold(cast(b, value, carried))] : []),
  ];
  const padded = b.emit('Pad', inputs, carried, shape, { attributes: { mode }, order: x.order });
  return cast(b, padded, x.type);
}
