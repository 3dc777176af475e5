/** `x[begin:end:strides]` with its masks, as Python writes it. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { type Dim, isFixed, upTo } from '../../build/dims.ts';
import { arithmetic, comparison, where } from '../../build/elementwise.ts';
import { gather } from '../../build/join.ts';
import { squeeze, unsqueeze } from '../../build/reshape.ts';
import { type Bound, type RuntimeRange, runtimeSlice } from '../../build/runtime-slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { intAttribute } from '../attributes.ts';
import { input, numbersOf, type TfOp } from '../op.ts';
import type { TfNode } from '../tf-graph.ts';

/** Beyond every size. */
const FAR = 2 ** 31 - 1;

/** The masks have a bit for each index. */
const MAX_ENTRIES = 32;

/** What one entry between the brackets means. */
type Entry =
  | { readonly kind: 'new-axis' }
  | { readonly kind: 'index'; readonly axis: number; readonly place: Dim; readonly entry: number }
  | {
      readonly kind: 'range';
      readonly axis: number;
      /** `undefined`: the whole side; `null`: known at run time only. */
      readonly start: Dim | undefined;
      readonly end: Dim | undefined;
      readonly step: number;
      readonly entry: number;
    }
  /** Axes that stay whole. */
  | { readonly kind: 'rest'; readonly count: number };

export const stridedSlice: TfOp = (inputs, { b, node }) => {
  const [x, begin, end] = [input(inputs, 0), input(inputs, 1), input(inputs, 2)];
  const entries = entriesOf(node, x.rank, begin, end, numbersOf(input(inputs, 3), 'strides'));
  return cut(b, x, begin, end, entries);
};

/** The entries in order, axes counted. */
function entriesOf(
  node: TfNode,
  rank: number,
  begin: Value,
  end: Value,
  strides: readonly number[],
): readonly Entry[] {
  if (strides.length > MAX_ENTRIES) throw new Unconvertible(`it has ${strides.length} indices`);
  const has = (mask: string, entry: number): boolean =>
    ((intAttribute(node, mask, 0) >> entry) & 1) === 1;
  const isEllipsis = (entry: number): boolean => has('ellipsis_mask', entry);
  const isNew = (entry: number): boolean => has('new_axis_mask', entry) && !isEllipsis(entry);
  const consumed = upTo(strides.length).filter((entry) => !isEllipsis(entry) && !isNew(entry));
  const left = rank - consumed.length;
  if (left < 0) throw new Unconvertible(`it takes ${consumed.length} indices of ${rank} axes`);
  let axis = 0;
  const entries = strides.map((step, entry): Entry => {
    if (isEllipsis(entry)) {
      axis += left;
      return { kind: 'rest', count: left };
    }
    if (isNew(entry)) return { kind: 'new-axis' };
    const at = axis++;
    if (step === 0) throw new Unconvertible('it has a stride of 0');
    const place = begin.known?.[entry] ?? null;
    if (has('shrink_axis_mask', entry)) return { kind: 'index', axis: at, place, entry };
    return {
      kind: 'range',
      axis: at,
      start: has('begin_mask', entry) ? undefined : place,
      end: has('end_mask', entry) ? undefined : (end.known?.[entry] ?? null),
      step,
      entry,
    };
  });
  return axis < rank ? [...entries, { kind: 'rest', count: rank - axis }] : entries;
}

function cut(b: Builder, x: Value, begin: Value, end: Value, entries: readonly Entry[]): Value {
  const ranges = entries.flatMap((entry) => rangeOf(b, x, begin, end, entry));
  const indices = entries.flatMap((entry) => (entry.kind === 'index' ? [entry] : []));
  const [only] = indices;
  // One index that is computed, and nothing else: what loops over time steps read.
  const part =
    only && only.place === null && indices.length === 1 && ranges.length === 1
      ? gather(b, x, element(b, begin, only.entry), only.axis)
      : squeeze(
          b,
          runtimeSlice(b, x, ranges),
          indices.map(({ axis }) => axis),
        );
  let place = 0;
  const added: number[] = [];
  for (const entry of entries) {
    if (entry.kind === 'new-axis') added.push(place);
    place += entry.kind === 'rest' ? entry.count : entry.kind === 'index' ? 0 : 1;
  }
  return unsqueeze(b, part, added);
}

function rangeOf(b: Builder, x: Value, begin: Value, end: Value, entry: Entry): RuntimeRange[] {
  if (entry.kind === 'index') {
    const { axis, place } = entry;
    const start = isFixed(place) ? place : element(b, begin, entry.entry);
    return [{ axis, start, end: behind(b, start), step: 1, size: 1 }];
  }
  if (entry.kind !== 'range') return [];
  const { axis, start, end: stop, step } = entry;
  // Up to its own size: a name says so.
  const isToEnd = typeof stop === 'string' && stop === x.sizes[axis] && step > 0;
  const last = isToEnd ? null : boundOf(b, stop, end, entry.entry);
  if (step === 1 && (start === undefined || start === 0) && last === null) return [];
  return [{ axis, start: boundOf(b, start, begin, entry.entry), end: last, step }];
}

const boundOf = (b: Builder, known: Dim | undefined, vector: Value, entry: number): Bound =>
  known === undefined ? null : isFixed(known) ? known : element(b, vector, entry);

/** The end of a range of one element; −1 is followed by the end of the axis. */
function behind(b: Builder, start: number | Value): Bound {
  if (typeof start === 'number') return start === -1 ? null : start + 1;
  const isLast = comparison(b, 'Equal', start, b.scalar(-1, 'int64'));
  const next = arithmetic(b, 'Add', start, b.scalar(1, 'int64'));
  return where(b, isLast, b.scalar(FAR, 'int64'), next);
}

/** One element of a vector, as int64. */
const element = (b: Builder, vector: Value, index: number): Value =>
  cast(b, gather(b, vector, b.scalar(index, 'int64')), 'int64');
