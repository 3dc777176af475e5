/** Element types. */
import { ELEMENT_TYPES, type ElementType } from '../../onnx/element-type.ts';
import { elementCount } from '../../onnx/tensor-data.ts';
import type { Builder } from './builder.ts';
import { isFixed } from './dims.ts';
import { knownOrNot, representable } from './fold.ts';
import { MAX_KNOWN, type Value } from './value.ts';

const isInteger = (type: ElementType): boolean => /^u?int/.test(type);

/** The value as another type; constants that are small are cast at once. Fractions are cut towards zero. */
export function cast(b: Builder, x: Value, type: ElementType): Value {
  if (x.type === type) return x;
  const { constant, numbers } = x;
  // What is known of 64 bits was rounded: to a double, or to float32.
  const isExact = numbers?.every((item) => !Number.isInteger(item) || Number.isSafeInteger(item));
  if (
    constant &&
    numbers &&
    isExact &&
    elementCount(constant) <= MAX_KNOWN &&
    x.type !== 'float64'
  ) {
    const whole = isInteger(type) && numbers.every(Number.isFinite);
    if (!isInteger(type) || whole)
      return b.numbers(whole ? numbers.map(Math.trunc) : numbers, type, constant.dims);
  }
  const known = x.known?.map((item) => {
    if (!isFixed(item)) return isInteger(type) ? item : null;
    return type === 'bool'
      ? item === 0
        ? 0
        : 1
      : representable(isInteger(type) ? Math.trunc(item) : item, type);
  });
  return b
    .emit('Cast', [b.holdAsIs(x)], type, x.shape, {
      attributes: { to: ELEMENT_TYPES[type].code },
      order: x.order,
    })
    .withKnown(knownOrNot(known));
}

/** The name of the value as int64: what ONNX takes for shapes, axes and indices. */
export const int64Name = (b: Builder, x: Value): string => b.hold(cast(b, x, 'int64'));
