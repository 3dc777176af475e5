/** SAME padding where it depends on sizes that are free: computed while the model runs. */
import type { ElementType } from '../../onnx/element-type.ts';
import type { Builder } from './builder.ts';
import { channelsFirst } from './order.ts';
import type { Value } from './value.ts';

/** Smallest elements by type: what a maximum never takes from the padding. */
const LOWEST: Partial<Record<ElementType, number>> = {
  int8: -128,
  int16: -32768,
  int32: -(2 ** 31),
  uint8: 0,
  uint16: 0,
};

/** The smallest element of a type; −∞ of floats. */
export const lowest = (type: ElementType): number => LOWEST[type] ?? Number.NEGATIVE_INFINITY;

/**
 * `[N, spatial …, C]` with the margins that SAME adds: `max((⌈n / s⌉ − 1) · s + reach − n, 0)` each, the odd
 * one behind. `fill` is what they hold, 0 by default.
 */
export function padSame(
  b: Builder,
  x: Value,
  reach: readonly number[],
  strides: readonly number[],
  fill = 0,
): Value {
  const spatial = reach.length;
  const order = channelsFirst(spatial);
  const name = b.hold(x, order);
  const calculate = (op: string, left: string, right: string): string =>
    b.node(op, [left, right])[0] ?? '';
  const sizes = b.node('Shape', [name], { start: 2, end: spatial + 2 })[0] ?? '';
  const steps = b.ints(strides);
  const count = calculate(
    'Div',
    calculate('Add', sizes, b.ints(strides.map((step) => step - 1))),
    steps,
  );
  // (count − 1) · s + reach, as one product and one sum.
  const needed = calculate(
    'Add',
    calculate('Mul', count, steps),
    b.ints(reach.map((length, axis) => length - (strides[axis] ?? 1))),
  );
  const total = calculate('Max', calculate('Sub', needed, sizes), b.ints([0]));
  const before = calculate('Div', total, b.ints([2]));
  const after = calculate('Sub', total, before);
  const none = b.ints([0, 0]);
  const pads = b.node('Concat', [none, before, none, after], { axis: 0 })[0] ?? '';
  const inputs = [name, pads, ...(fill === 0 ? [] : [b.hold(b.scalar(fill, x.type))])];
  const shape = x.sizes.map((size, axis) => (axis === 0 || axis > spatial ? size : null));
  return b.emit('Pad', inputs, x.type, shape, { attributes: { mode: 'constant' }, order });
}
