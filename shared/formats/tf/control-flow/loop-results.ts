/** What the variables of a loop are behind it. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { broadcast } from '../../build/elementwise.ts';
import { concat } from '../../build/join.ts';
import { reshape, squeeze } from '../../build/reshape.ts';
import { shapeOf } from '../../build/shape-of.ts';
import { slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { isValue, type TfValue } from '../op.ts';
import { isLengthOf, knownNumber, lengthOf, listOf, stacked } from './list-ops.ts';
import type { ListWrite, TensorList } from './list-value.ts';
import { shifted, type WhileLoop } from './while-loop.ts';

/** A counter: what it was, and one for each step. */
export function counted(loop: WhileLoop, place: number): TfValue {
  const { context, counters, trips } = loop;
  const start = loop.starts[place] as TfValue;
  const first = counters.get(place);
  if (!trips || first === undefined || !isValue(start)) return start;
  return shifted(context.b, cast(context.b, notNegative(context.b, trips), start.type), first);
}

/** A trip count below zero is no step. */
function notNegative(b: Builder, trips: Value): Value {
  if (knownNumber(trips) !== undefined) return trips;
  return broadcast(b, 'Max', [trips, b.scalar(0, trips.type)], trips.type).withKnown(trips.known);
}

/** A list that every step writes to; `written` are the elements `[steps, …element]`. */
export function collectWrites(
  loop: WhileLoop,
  start: TensorList,
  index: ListWrite['index'],
  written: Value,
): TensorList {
  const { b } = loop.context;
  if (index === 'end')
    return listOf(start.size === 0 ? written : concat(b, [stacked(b, start), written], 0));
  const place = knownNumber(index);
  return place === undefined
    ? collect(loop, start, written)
    : overwritten(b, start, place, written);
}

/** A list to which each step writes at its own number. */
export function collect(loop: WhileLoop, start: TensorList, written: Value): TensorList {
  const { context, trips } = loop;
  const { b } = context;
  if (trips && isLengthOf(start, trips))
    return listOf(written.withShape(written.sizes.with(0, start.size)), start.length);
  return listOf(padded(b, written, lengthOf(b, start)));
}

/** Written to one place again and again: what the last step wrote stays. */
function overwritten(b: Builder, start: TensorList, place: number, written: Value): TensorList {
  const rows = slice(b, written, [{ axis: 0, start: -1, end: null, step: 1 }]);
  const last = rows.withShape(rows.sizes.with(0, 1));
  if (start.size === 1) return listOf(last);
  if (start.content.kind !== 'elements' || place >= start.content.items.length)
    throw new Unconvertible('its loop writes again and again to one place of a long list');
  const item = squeeze(b, last, [0]);
  const items = start.content.items.with(place, item);
  return start.with({ kind: 'elements', items }, { element: item.shape });
}

/** The elements, and zeros behind them up to the length of the list. */
function padded(b: Builder, written: Value, length: Value): Value {
  const count = slice(b, shapeOf(b, written, 'int64'), [{ axis: 0, start: 0, end: 1, step: 1 }]);
  const wanted = reshape(b, cast(b, length, 'int64'), [1]);
  const missing = b.node('Max', [
    b.node('Sub', [b.hold(wanted), b.hold(count)])[0] ?? '',
    b.ints([0]),
  ])[0];
  const zeros = (axes: number): string[] =>
    axes > 0 ? [b.ints(Array.from({ length: axes }, () => 0))] : [];
  const { rank } = written;
  const parts = [...zeros(rank), missing ?? '', ...zeros(rank - 1)];
  const pads = b.node('Concat', parts, { axis: 0 })[0] ?? '';
  return b.emit('Pad', [b.hold(written), pads], written.type, written.sizes.with(0, null));
}
