/** Maximum pools that also say where each maximum lies. */
import type { ElementType } from '../../onnx/element-type.ts';
import type { Builder } from './builder.ts';
import { cast } from './cast.ts';
import { isFixed, upTo } from './dims.ts';
import { arithmetic } from './elementwise.ts';
import { hasKernel } from './kernel-type.ts';
import { channelsFirst } from './order.ts';
import { sizeName } from './shape-of.ts';
import { Unconvertible } from './unconvertible.ts';
import type { Value } from './value.ts';
import { poolWithPlaces, type Window } from './window.ts';

/**
 * Of `[N, H, W, C]` the maxima, and the place of each: `(row · W + column) · C + channel`, with `isWhole` the
 * images before it counted too.
 */
export function maxPoolWithPlaces(
  b: Builder,
  x: Value,
  window: Window,
  isWhole: boolean,
  type: ElementType,
): [maxima: Value, places: Value] {
  const channels = x.sizes[3];
  if (!isFixed(channels)) throw new Unconvertible('the number of its channels is free');
  const order = channelsFirst(2);
  const values = hasKernel('MaxPool', x.type, b.opset) ? x : cast(b, x, 'float64');
  const { name, maxima } = poolWithPlaces(b, values, window);
  const pooled = cast(b, maxima, x.type);
  // ONNX counts ((image · C + channel) · H + row) · W + column.
  const found = b.named(name, 'int64', maxima.shape, order);
  const size = (axis: number): Value =>
    b.named(b.node('Squeeze', [sizeName(b, x, axis)])[0] ?? '', 'int64', []);
  const area = arithmetic(b, 'Mul', size(1), size(2));
  const count = b.scalar(channels, 'int64');
  const within = arithmetic(b, 'Mod', found, area);
  const channel = b.numbers(upTo(channels), 'int64', [1, 1, 1, channels]);
  const place = arithmetic(b, 'Add', arithmetic(b, 'Mul', within, count), channel);
  if (!isWhole) return [pooled, cast(b, place, type)];
  const plane = arithmetic(b, 'Mul', area, count);
  const image = arithmetic(b, 'Div', found, plane);
  const whole = arithmetic(b, 'Add', place, arithmetic(b, 'Mul', image, plane));
  return [pooled, cast(b, whole, type)];
}
