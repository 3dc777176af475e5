/** Shapes as values: what is known of them is followed, what is free is asked at run time. */
import type { ElementType } from '../../onnx/element-type.ts';
import type { Builder } from './builder.ts';
import { cast } from './cast.ts';
import { isStatic, type Known, type Shape } from './dims.ts';
import { knownOrNot } from './fold.ts';
import { placeOf } from './order.ts';
import type { Value } from './value.ts';

/** The shape of a value as a vector `[rank]`. */
export function shapeOf(b: Builder, x: Value, type: ElementType = 'int32'): Value {
  const sizes = x.shape;
  if (isStatic(sizes)) return b.numbers(sizes, type);
  const held = b.node('Shape', [b.holdAsIs(x)]);
  // Sizes are put in order, which is less than putting the value itself in order.
  const places = x.order && sizes?.map((_, axis) => placeOf(x.order, axis));
  const [name = ''] = places ? b.node('Gather', [...held, b.ints(places)], { axis: 0 }) : held;
  const shape = b.named(name, 'int64', [sizes ? sizes.length : null]);
  return cast(b, shape.withKnown(knownOrNot(sizes ?? undefined)), type);
}

/** The name of a vector `[1]` (int64) that holds the size along one axis of the source. */
export function sizeName(b: Builder, x: Value, axis: number): string {
  const size = x.sizes[axis];
  if (typeof size === 'number') return b.ints([size]);
  const place = placeOf(x.order, axis);
  return b.node('Shape', [b.holdAsIs(x)], { start: place, end: place + 1 })[0] ?? '';
}

/**
 * The name of an int64 vector of sizes of which some are free. Those are taken from an axis of equal name
 * of one of the `sources`; `undefined` when one of them has none.
 */
export function sizesName(b: Builder, sizes: Known, sources: readonly Value[]): string | undefined {
  if (isStatic(sizes)) return b.ints(sizes);
  const parts: string[] = [];
  for (const size of sizes) {
    const part = typeof size === 'number' ? b.ints([size]) : freeSize(b, size, sources);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts.length === 1 ? parts[0] : b.node('Concat', parts, { axis: 0 })[0];
}

function freeSize(b: Builder, size: Shape[number], sources: readonly Value[]): string | undefined {
  if (size === null) return undefined;
  for (const source of sources) {
    const axis = source.shape?.indexOf(size) ?? -1;
    if (axis >= 0) return sizeName(b, source, axis);
  }
  return undefined;
}
