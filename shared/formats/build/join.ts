/** Operators that put values together or take them apart along an axis. */
import type { Builder } from './builder.ts';
import { cast, int64Name } from './cast.ts';
import {
  addDims,
  checkedSizes,
  type Dim,
  freeShape,
  frontAxis,
  isFixed,
  isStatic,
  type Known,
  moreKnown,
  type Shape,
  sizeOf,
} from './dims.ts';
import { knownOrNot } from './fold.ts';
import { placeOf, withoutAxes } from './order.ts';
import { squeeze, unsqueeze } from './reshape.ts';
import { Unconvertible } from './unconvertible.ts';
import { MAX_KNOWN, type Value } from './value.ts';

/** Values one after the other along an axis. Vectors of known elements stay known. */
export function concat(b: Builder, values: readonly Value[], axis: number): Value {
  const [first] = values;
  if (!first) throw new Unconvertible('it joins no values');
  if (values.length === 1) return first;
  const along = frontAxis(axis, first.rank);
  const known = first.rank === 1 ? joinKnown(values) : undefined;
  const { type } = first;
  if (known?.every(isFixed)) return b.numbers(known, type);
  const order = values.find((value) => value.order)?.order;
  return b
    .emit(
      'Concat',
      values.map((value) => b.hold(value, order)),
      type,
      joinedShape(values, along),
      {
        attributes: { axis: placeOf(order, along) },
        order,
      },
    )
    .withKnown(known);
}

/** What is known of vectors or scalars one after the other: places are left open for those that are computed. */
function joinKnown(values: readonly Value[]): Known | undefined {
  const parts: Dim[] = [];
  for (const { known, shape } of values) {
    const size = shape?.[0] ?? (shape?.length === 0 ? 1 : null);
    if (!known && (!isFixed(size) || size > MAX_KNOWN)) return undefined;
    parts.push(...(known ?? Array.from({ length: Number(size) }, () => null)));
  }
  return knownOrNot(parts);
}

function joinedShape(values: readonly Value[], along: number): Shape {
  const [first, ...rest] = values.map((value) => value.sizes);
  return rest.reduce<Shape>(
    (sum, sizes) =>
      sum.map((dim, axis) =>
        axis === along ? addDims(dim, sizes[axis] ?? null) : moreKnown(dim, sizes[axis] ?? null),
      ),
    first ?? [],
  );
}

/** Values as the slices of a new axis. Scalars of known elements make a known vector. */
export function stack(b: Builder, values: readonly Value[], axis = 0): Value {
  const [first] = values;
  if (!first) throw new Unconvertible('it joins no values');
  const known = first.rank === 0 ? joinKnown(values) : undefined;
  if (known?.every(isFixed)) return b.numbers(known, first.type);
  const along = frontAxis(axis, first.rank + 1);
  return concat(
    b,
    values.map((value) => unsqueeze(b, value, [along])),
    along,
  );
}

/** Parts of the given sizes along an axis. */
export function split(b: Builder, x: Value, sizes: readonly number[], axis: number): Value[] {
  const along = frontAxis(axis, x.rank);
  if (sizes.length === 1) return [x];
  if (sizes.some((size) => size < 0)) throw new Unconvertible('it splits off less than nothing');
  const known = x.rank === 1 ? splitKnown(x.known, sizes) : undefined;
  if (known?.every((part) => part.every(isFixed)))
    return known.map((part) => b.numbers(part as number[], x.type));
  const names = b.node(
    'Split',
    [b.holdAsIs(x), b.ints(sizes)],
    { axis: placeOf(x.order, along) },
    sizes.length,
  );
  return names.map((name, part) =>
    b
      .named(name, x.type, x.sizes.with(along, sizes[part] ?? null), x.order)
      .withKnown(knownOrNot(known?.[part])),
  );
}

/** Outputs of one node: more than an unrolled sequence has, and less than would fill the memory (CWE-770). */
const MAX_PARTS = 65_536;

function checkParts(count: number): void {
  if (!(count >= 0 && count <= MAX_PARTS))
    throw new Unconvertible(`it takes something apart into ${count} values`);
}

function splitKnown(known: Known | undefined, sizes: readonly number[]): Known[] | undefined {
  let start = 0;
  return (
    known &&
    sizes.map((size) => {
      start += size;
      return known.slice(start - size, start);
    })
  );
}

/** Parts of equal size along an axis whose size is known. */
export function splitEvenly(b: Builder, x: Value, count: number, axis: number): Value[] {
  const along = frontAxis(axis, x.rank);
  const size = x.sizes[along];
  checkParts(count);
  if (!isFixed(size)) {
    if (count === 1) return [x];
    b.require(18, 'a split of a free dimension');
    const attributes = { axis: placeOf(x.order, along), num_outputs: count };
    return b
      .node('Split', [b.holdAsIs(x)], attributes, count)
      .map((name) => b.named(name, x.type, x.sizes.with(along, null), x.order));
  }
  if (count < 1 || size % count !== 0)
    throw new Unconvertible(`it splits ${size} elements into ${count} equal parts`);
  return split(
    b,
    x,
    Array.from({ length: count }, () => size / count),
    along,
  );
}

/** The slices along an axis, without it; `count` tells how many, where the axis does not. */
export function unstack(b: Builder, x: Value, axis = 0, count?: number): Value[] {
  const along = frontAxis(axis, x.rank);
  const own = x.sizes[along];
  const size = isFixed(own) ? own : count;
  if (size === undefined) throw new Unconvertible('it takes apart an axis of free size');
  checkParts(size);
  const single = x.withShape(x.sizes.with(along, size));
  const ones = Array.from({ length: size }, () => 1);
  return split(b, single, ones, along).map((part) => squeeze(b, part, [along]));
}

/**
 * Elements along an axis by index (any integers; negative ones count from the end). Known elements stay known.
 * A scalar or a vector of indices keeps the order in which the value is held.
 */
export function gather(b: Builder, x: Value, indices: Value, axis = 0): Value {
  const along = frontAxis(axis, x.rank);
  const shape = [...x.sizes.slice(0, along), ...indices.sizes, ...x.sizes.slice(along + 1)];
  const known = x.rank === 1 ? pickKnown(x, indices) : undefined;
  if (known?.every(isFixed)) return b.numbers(known, x.type, shape as number[]);
  const places = b.hold(indices.type === 'int32' ? indices : cast(b, indices, 'int64'));
  const order =
    indices.rank === 0 ? withoutAxes(x.order, [along]) : indices.rank === 1 ? x.order : undefined;
  const held = indices.rank <= 1 ? b.holdAsIs(x) : b.hold(x);
  const at = indices.rank <= 1 ? placeOf(x.order, along) : along;
  return b
    .emit('Gather', [held, places], x.type, shape, { attributes: { axis: at }, order })
    .withKnown(knownOrNot(known));
}

function pickKnown(x: Value, indices: Value): Known | undefined {
  const { known } = x;
  return (
    known &&
    indices.numbers?.map((index) => known[index < 0 ? index + known.length : index] ?? null)
  );
}

/** Repeats along each axis; `repeats` is a vector `[rank]`. */
export function tile(b: Builder, x: Value, repeats: Value): Value {
  const wrong = repeats.known?.find((times) => isFixed(times) && times < 0);
  if (wrong !== undefined) throw new Unconvertible(`it repeats something ${wrong} times`);
  const shape = x.sizes.map((dim, axis) => {
    const times = repeats.known?.[axis];
    return times === 1 ? dim : isFixed(dim) && isFixed(times) ? dim * times : null;
  });
  const [times] = repeats.numbers ?? [];
  const known =
    x.rank === 1 && times !== undefined && times * (x.known?.length ?? 0) <= MAX_KNOWN
      ? Array.from({ length: times }, () => x.known ?? []).flat()
      : undefined;
  if (x.known && known?.every(isFixed)) return b.numbers(known, x.type);
  const tiled = b.emit('Tile', [b.hold(x), int64Name(b, repeats)], x.type, shape);
  return x.known ? tiled.withKnown(knownOrNot(known)) : tiled;
}

/** Broadcast to a shape, given as a vector. @throws Unconvertible when it is none */
export function expand(b: Builder, x: Value, shape: Value): Value {
  if (shape.numbers?.some((size) => !Number.isSafeInteger(size) || size < 0))
    throw new Unconvertible(`it is spread over the sizes [${shape.numbers}]`);
  const sizes = shape.known ? checkedSizes(shape.known) : freeShape(shape.shape?.[0]);
  const [item] = x.known ?? [];
  const isSmall = isStatic(sizes) && sizeOf(sizes) <= MAX_KNOWN;
  // One element of which more are wanted; a name or number that stays the same.
  const known =
    isSmall && x.known?.length === 1
      ? Array.from({ length: sizeOf(sizes) }, () => item ?? null)
      : undefined;
  if (isSmall && known?.every(isFixed) && x.type !== 'float64')
    return b.numbers(known, x.type, sizes);
  return b
    .emit('Expand', [b.hold(x), int64Name(b, shape)], x.type, sizes)
    .withKnown(knownOrNot(known));
}
