/** Operators that move no element: another shape, axes of size 1 more or less, axes in another order. */
import type { Builder } from './builder.ts';
import { permuteTensor } from './builder.ts';
import { int64Name } from './cast.ts';
import {
  checkedSizes,
  type Dim,
  freeShape,
  frontAxes,
  frontAxis,
  isFixed,
  isStatic,
  type Known,
  quotient,
  type Shape,
  sizeOf,
  upTo,
} from './dims.ts';
import { channelsFirst, placeOf, placesOf, withoutAxes } from './order.ts';
import { sizesName } from './shape-of.ts';
import { Unconvertible } from './unconvertible.ts';
import { Value } from './value.ts';

/**
 * The value in another shape, elements in row-major order of the source's axes. `target` is a vector of
 * sizes, as a value or as far as it is known; −1 stands for what is left.
 */
export function reshape(b: Builder, x: Value, target: Value | Known): Value {
  const known = target instanceof Value ? target.known : target;
  if (!known) {
    if (!(target instanceof Value)) throw new Unconvertible('the shape is not known');
    return runtimeReshape(b, x, int64Name(b, target), freeShape(target.shape?.[0]));
  }
  const shape = checkedSizes(resolveSizes(x.shape, known));
  if (isStatic(shape) && isStatic(x.shape) && sizeOf(shape) !== sizeOf(x.shape))
    throw new Unconvertible(`it reshapes [${x.shape.join(', ')}] to [${shape.join(', ')}]`);
  if (x.constant && isStatic(shape)) return b.constant({ ...x.constant, dims: shape });
  if (x.shape && sameSizes(x.shape, shape)) return x;
  const moved = moveUnitAxes(b, x, shape) ?? asPixel(b, x, shape);
  if (moved) return moved;
  const sizes = sizesOfReshape(x.shape, shape);
  if (sizes) {
    const reshaped = b.emit('Reshape', [b.hold(x), b.ints(sizes)], x.type, shape);
    return reshaped.withKnown(x.known);
  }
  const name =
    sizesName(b, shape, [x]) ?? (target instanceof Value ? int64Name(b, target) : undefined);
  if (name === undefined)
    throw new Unconvertible(
      `it reshapes to [${known.map((dim) => dim ?? '?').join(', ')}], of which more than one size is free`,
    );
  return runtimeReshape(b, x, name, shape);
}

/** Sizes that are only known at run time may be 0, and mean it. */
const runtimeReshape = (b: Builder, x: Value, sizes: string, shape: Shape | null): Value =>
  b.emit('Reshape', [b.hold(x), sizes], x.type, shape, { attributes: { allowzero: 1 } });

/** What −1 stands for, filled in where it can be told. */
function resolveSizes(from: Shape | null, target: Known): Shape {
  const free = target.indexOf(-1);
  if (free < 0) {
    // One unknown size among known ones is told by the others.
    const unknown = target.flatMap((dim, axis) => (dim === null ? [axis] : []));
    const [only] = unknown;
    if (unknown.length !== 1 || only === undefined || !from) return target;
    return target.with(only, quotient(from, target.toSpliced(only, 1)));
  }
  return target.with(free, from ? quotient(from, target.toSpliced(free, 1)) : null);
}

const sameSizes = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, axis) => dim !== null && dim === b[axis]);

/** The numbers of a Reshape: 0 where the input's size stays, −1 for one more that is free. */
function sizesOfReshape(from: Shape | null, shape: Shape): number[] | undefined {
  if (shape.includes(0)) return undefined;
  if (isStatic(shape)) return [...shape];
  let free = 0;
  const sizes = shape.map((dim, axis) => {
    if (typeof dim === 'number') return dim;
    if (dim !== null && from?.[axis] === dim) return 0;
    free++;
    return -1;
  });
  return free <= 1 ? sizes : undefined;
}

/** Channels `[N, C]` as an image of one pixel `[N, 1, …, 1, C]`: held as what works on images wants it. */
function asPixel(b: Builder, x: Value, shape: Shape): Value | undefined {
  const [batch, ...rest] = shape;
  const inner = rest.slice(0, -1);
  const isPixel = inner.length > 1 && inner.every((dim) => dim === 1);
  if (x.shape?.length !== 2 || x.constant || !isPixel) return undefined;
  if (batch !== x.sizes[0] || batch === null || rest.at(-1) !== x.sizes[1]) return undefined;
  const wide = unsqueeze(
    b,
    x,
    inner.map((_, axis) => axis + 2),
  );
  return transpose(b, wide, [0, ...inner.map((_, axis) => axis + 2), 1]);
}

/** A reshape that only adds or drops axes of size 1 keeps the order in which the value is held. */
function moveUnitAxes(b: Builder, x: Value, shape: Shape): Value | undefined {
  if (!x.shape || !x.order) return undefined;
  const solid = (dims: Shape): string => dims.filter((dim) => dim !== 1).join();
  if (x.shape.includes(null) || shape.includes(null) || solid(x.shape) !== solid(shape))
    return undefined;
  const squeezed = squeeze(
    b,
    x,
    x.shape.flatMap((dim, axis) => (dim === 1 ? [axis] : [])),
  );
  return unsqueeze(
    b,
    squeezed,
    shape.flatMap((dim, axis) => (dim === 1 ? [axis] : [])),
  );
}

/** Without axes of size 1; all of them by default. Known elements stay known. */
export function squeeze(b: Builder, x: Value, axes?: readonly number[]): Value {
  if (!x.shape && !axes) return b.emit('Squeeze', [b.hold(x)], x.type, null);
  const gone = axes?.length
    ? frontAxes(axes, x.rank)
    : axes
      ? []
      : x.sizes.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  if (gone.length === 0) return x;
  const wide = gone.find((axis) => isFixed(x.sizes[axis]) && x.sizes[axis] !== 1);
  if (wide !== undefined)
    throw new Unconvertible(`it drops axis ${wide}, which has ${x.sizes[wide]} elements`);
  const shape = x.sizes.filter((_, axis) => !gone.includes(axis));
  if (x.constant) return b.constant({ ...x.constant, dims: shape as readonly number[] });
  const places = gone.map((axis) => placeOf(x.order, axis)).sort((a, c) => a - c);
  return b
    .emit('Squeeze', [b.holdAsIs(x), b.ints(places)], x.type, shape, {
      order: withoutAxes(x.order, gone),
    })
    .withKnown(x.known);
}

/** With axes of size 1 at the given places of the result. Known elements stay known. */
export function unsqueeze(b: Builder, x: Value, axes: readonly number[]): Value {
  if (axes.length === 0) return x;
  const rank = x.rank + axes.length;
  const added = frontAxes(axes, rank);
  const shape: Dim[] = [...x.sizes];
  for (const axis of added) shape.splice(axis, 0, 1);
  if (x.constant) return b.constant({ ...x.constant, dims: shape as number[] });
  if (!x.order)
    return b.emit('Unsqueeze', [b.hold(x), b.ints(added)], x.type, shape).withKnown(x.known);
  const order = orderWithUnits(x.order, added, rank);
  const places = added.map((axis) => order.indexOf(axis)).sort((a, c) => a - c);
  return b.emit('Unsqueeze', [b.holdAsIs(x), b.ints(places)], x.type, shape, { order });
}

/**
 * Where axes of size 1 lie is free: such that channels lie behind the batch where that can be, as
 * convolutions want them; else each in front of the axis that it precedes in the source.
 */
function orderWithUnits(
  order: readonly number[],
  added: readonly number[],
  rank: number,
): number[] {
  const kept = upTo(rank).filter((axis) => !added.includes(axis));
  const solid = order.map((axis) => kept[axis] ?? 0);
  const image = rank > 2 ? channelsFirst(rank - 2) : [];
  if (image.filter((axis) => !added.includes(axis)).join() === solid.join()) return [...image];
  const result = [...solid];
  for (const axis of added.toReversed()) {
    const next = result.indexOf(axis + 1);
    result.splice(next < 0 ? result.length : next, 0, axis);
  }
  return result;
}

/** Axes in another order: `axes[i]` of the input becomes axis `i`. No node: the value is only seen differently. */
export function transpose(b: Builder, x: Value, axes: readonly number[]): Value {
  const order = axes.map((axis) => frontAxis(axis, axes.length));
  if (new Set(order).size !== order.length || (x.shape && x.shape.length !== order.length))
    throw new Unconvertible(`its axes [${axes}] are no order of all of them`);
  const shape = x.shape && order.map((axis) => x.shape?.[axis] ?? null);
  const { content } = x;
  if (order.every((axis, place) => axis === place)) return x;
  if (content.kind === 'constant') return b.constant(permuteTensor(content.tensor, order));
  if (content.kind === 'quantized') {
    return new Value(x.type, shape, {
      ...content,
      tensor: permuteTensor(content.tensor, order),
      axis: order.indexOf(content.axis),
    });
  }
  const held = placesOf(content.order, order.length).map((axis) => order.indexOf(axis));
  return new Value(x.type, shape, { kind: 'named', name: content.name, order: held });
}

/** All axes from `axis` on as one. */
export function flatten(b: Builder, x: Value, axis = 1): Value {
  return reshape(b, x, [...x.sizes.slice(0, axis), -1]);
}
