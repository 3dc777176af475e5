/** Element types. */
import { ELEMENT_TYPES, type ElementType } from '../../onnx/element-type.ts';
import { elementCount } from '../../onnx/tensor-data.ts';
import type { Builder } from './builder.ts';
import { unary } from './elementwise.ts';
import { MAX_KNOWN, type Value } from './value.ts';

const isInteger = (type: ElementType): boolean => /^u?int/.test(type);

/** The value as another type; constants that are small are cast at once. Fractions are cut towards zero. */
export function cast(b: Builder, x: Value, type: ElementType): Value {
  if (x.type === type) return x;
  const { constant, numbers } = x;
  if (constant && numbers && elementCount(constant) <= MAX_KNOWN) {
    const whole = isInteger(type) && numbers.every(Number.isFinite);
    if (!isInteger(type) || whole)
      return b.numbers(whole ? numbers.map(Math.trunc) : numbers, type, constant.dims);
  }
  const known = isInteger(type)
    ? x.known?.map((item) => (typeof item === 'number' ? Math.trunc(item) : item))
    : x.known?.map((item) => (typeof item === 'number' ? item : null));
  return unary(b, 'Cast', x, { to: ELEMENT_TYPES[type].code }, type).withKnown(known);
}

/** The name of the value as int64: what ONNX takes for shapes, axes and indices. */
export const int64Name = (b: Builder, x: Value): string => b.hold(cast(b, x, 'int64'));
