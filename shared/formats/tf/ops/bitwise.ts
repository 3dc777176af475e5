/** Operators on the bits of integers. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { arithmetic, broadcast, unary } from '../../build/elementwise.ts';
import type { Value } from '../../build/value.ts';
import { one, type TfOp, type TfOpTable, two } from '../op.ts';

/** ONNX has them from opset 18 on. */
const bitwise = (op: string): TfOp =>
  two((b, x, y) => {
    b.require(18, op);
    return arithmetic(b, op, x, y);
  });

/**
 * ONNX shifts some unsigned types only. In 64 bits a shift to the left is a product, and one to the right a
 * quotient that is rounded down, by a power of 2; what does not fit is cut by the cast back.
 */
function shift(b: Builder, x: Value, y: Value, direction: 'LEFT' | 'RIGHT'): Value {
  if (x.type === 'uint64') return broadcast(b, 'BitShift', [x, y], x.type, { direction });
  const wide = cast(b, x, 'int64');
  const factor = arithmetic(b, 'Pow', b.scalar(2, 'int64'), cast(b, y, 'int64'));
  if (direction === 'LEFT') return cast(b, arithmetic(b, 'Mul', wide, factor), x.type);
  const whole = arithmetic(b, 'Sub', wide, arithmetic(b, 'Mod', wide, factor));
  return cast(b, arithmetic(b, 'Div', whole, factor), x.type);
}

export const BITWISE: TfOpTable = {
  BitwiseAnd: bitwise('BitwiseAnd'),
  BitwiseOr: bitwise('BitwiseOr'),
  BitwiseXor: bitwise('BitwiseXor'),
  Invert: one((b, x) => {
    b.require(18, 'BitwiseNot');
    return unary(b, 'BitwiseNot', x);
  }),
  LeftShift: two((b, x, y) => shift(b, x, y, 'LEFT')),
  RightShift: two((b, x, y) => shift(b, x, y, 'RIGHT')),
};
