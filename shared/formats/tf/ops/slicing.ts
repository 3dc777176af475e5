/** Parts of a value by place, and the other way round along axes. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { type Dim, frontAxes, frontAxis, isFixed, upTo } from '../../build/dims.ts';
import { arithmetic, comparison, where } from '../../build/elementwise.ts';
import { concat, gather } from '../../build/join.ts';
import { reshape, transpose } from '../../build/reshape.ts';
import { type RuntimeRange, runtimeSlice } from '../../build/runtime-slice.ts';
import { shapeOf } from '../../build/shape-of.ts';
import { slice } from '../../build/slice.ts';
import type { Value } from '../../build/value.ts';
import { intAttribute } from '../attributes.ts';
import { numbersOf, type TfOpTable, three, two } from '../op.ts';
import { stridedSlice } from './strided-slice.ts';

/** Beyond every size. */
const FAR = 2 ** 31 - 1;

/** `size[i]` elements from `begin[i]` on; −1: all that follow. */
function sliced(b: Builder, x: Value, begin: Value, size: Value): Value {
  const ranges = x.sizes.flatMap((dim, axis): RuntimeRange[] => {
    const [from, count] = [begin.known?.[axis] ?? null, size.known?.[axis] ?? null];
    if (from === 0 && (count === -1 || (count !== null && count === dim))) return [];
    const start = isFixed(from) ? from : element(b, begin, axis);
    return [
      { axis, start, end: endOf(b, from, count, start, size, axis), step: 1, ...sizeOf(count) },
    ];
  });
  return runtimeSlice(b, x, ranges);
}

const sizeOf = (count: Dim): { readonly size?: Dim } => (count === -1 ? {} : { size: count });

function endOf(
  b: Builder,
  from: Dim,
  count: Dim,
  start: number | Value,
  size: Value,
  axis: number,
): number | Value | null {
  if (count === -1) return null;
  if (isFixed(from) && isFixed(count)) return from + count;
  const first = typeof start === 'number' ? b.scalar(start, 'int64') : start;
  if (isFixed(count)) return arithmetic(b, 'Add', first, b.scalar(count, 'int64'));
  const length = element(b, size, axis);
  const isRest = comparison(b, 'Less', length, b.scalar(0, 'int64'));
  return where(b, isRest, b.scalar(FAR, 'int64'), arithmetic(b, 'Add', first, length));
}

/** One element of a vector, as int64. */
const element = (b: Builder, vector: Value, index: number): Value =>
  cast(b, gather(b, vector, b.scalar(index, 'int64')), 'int64');

/** Axes by number, or, in the first version, by a truth value for each. */
function reversed(b: Builder, x: Value, axes: Value): Value {
  const numbers = numbersOf(axes, 'axes');
  const chosen =
    axes.type === 'bool' ? upTo(numbers.length).filter((axis) => numbers[axis] !== 0) : numbers;
  return slice(
    b,
    x,
    frontAxes(chosen, x.rank).map((axis) => ({ axis, start: null, end: null, step: -1 })),
  );
}

/** ONNX wants the two axes in front. */
function reverseSequence(b: Builder, x: Value, lengths: Value, time: number, batch: number): Value {
  const [timeAxis, batchAxis] = [frontAxis(time, x.rank), frontAxis(batch, x.rank)];
  const rest = upTo(x.rank).filter((axis) => axis !== timeAxis && axis !== batchAxis);
  const order = [timeAxis, batchAxis, ...rest];
  const held = b.hold(transpose(b, x, order));
  const lead = order.map((axis) => x.sizes[axis] ?? null);
  const result = b.emit('ReverseSequence', [held, b.hold(cast(b, lengths, 'int64'))], x.type, lead);
  return transpose(
    b,
    result,
    upTo(x.rank).map((axis) => order.indexOf(axis)),
  );
}

/** Elements move by `shift` places along each of the axes, those at the end come in front. */
function roll(b: Builder, x: Value, shifts: Value, axes: Value): Value {
  let result = x;
  for (const [at, axis] of numbersOf(axes, 'axes').entries()) {
    const along = frontAxis(axis, x.rank);
    const by = shifts.known?.[at] ?? null;
    const size = x.sizes[along] ?? null;
    result =
      isFixed(by) && isFixed(size)
        ? rollFixed(b, result, by, size, along)
        : rollFree(b, result, element(b, reshape(b, shifts, [-1]), at), along);
  }
  return result;
}

function rollFixed(b: Builder, x: Value, shift: number, size: number, axis: number): Value {
  const by = size === 0 ? 0 : ((shift % size) + size) % size;
  if (by === 0) return x;
  const end = slice(b, x, [{ axis, start: size - by, end: null, step: 1 }]);
  const front = slice(b, x, [{ axis, start: null, end: size - by, step: 1 }]);
  return concat(b, [end, front], axis);
}

/** By the place that each element comes from. */
function rollFree(b: Builder, x: Value, shift: Value, axis: number): Value {
  const count = gather(b, shapeOf(b, x, 'int64'), b.scalar(axis, 'int64'));
  const bounds = [b.scalar(0, 'int64'), count, b.scalar(1, 'int64')].map((bound) => b.hold(bound));
  const places = b.emit('Range', bounds, 'int64', [x.sizes[axis] ?? null]);
  const from = arithmetic(b, 'Mod', arithmetic(b, 'Sub', places, shift), count);
  return gather(b, x, from, axis);
}

export const SLICING: TfOpTable = {
  Slice: three(sliced),
  StridedSlice: stridedSlice,
  Reverse: two(reversed),
  ReverseV2: two(reversed),
  ReverseSequence: two((b, x, lengths, node) =>
    reverseSequence(
      b,
      x,
      lengths,
      intAttribute(node, 'seq_dim', 0),
      intAttribute(node, 'batch_dim', 0),
    ),
  ),
  Roll: three(roll),
};
