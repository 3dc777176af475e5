/** Functions of one number, element by element. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { arithmetic, comparison, unary, where } from '../../build/elementwise.ts';
import { reduce } from '../../build/reduce.ts';
import { unsqueeze } from '../../build/reshape.ts';
import type { Value } from '../../build/value.ts';
import { floatsAttribute } from '../attributes.ts';
import { one, type TfOp, type TfOpTable } from '../op.ts';

/** An ONNX op of the same meaning. */
const direct = (op: string): TfOp => one((b, x) => unary(b, op, x));

const isFloat = (x: Value): boolean => x.type.includes('float');

/** Whole numbers stay as they are. */
const rounding = (op: string): TfOp => one((b, x) => (isFloat(x) ? unary(b, op, x) : x));

/** Whole numbers are divided as such. */
const reciprocal: TfOp = one((b, x) =>
  isFloat(x) ? unary(b, 'Reciprocal', x) : arithmetic(b, 'Div', b.scalar(1, x.type), x),
);

/** Of NaN onnxruntime gives 1, and TensorFlow NaN. */
function sign(b: Builder, x: Value): Value {
  const result = unary(b, 'Sign', x);
  return isFloat(x) ? where(b, unary(b, 'IsNaN', x, {}, 'bool'), x, result) : result;
}

/** eˣ − 1 = tanh(x / 2) · (eˣ + 1), which loses nothing near 0. */
function expm1(b: Builder, x: Value): Value {
  const half = arithmetic(b, 'Mul', x, b.scalar(0.5, x.type));
  const sum = arithmetic(b, 'Add', unary(b, 'Exp', x), b.scalar(1, x.type));
  return arithmetic(b, 'Mul', unary(b, 'Tanh', half), sum);
}

/**
 * log(1 + x) with u = 1 + x rounded: log(u) · x / (u − 1) makes the rounding good again (Kahan), x where
 * nothing of it is left in u, and log(u) where u is exact or infinite.
 */
export function log1p(b: Builder, x: Value): Value {
  const u = arithmetic(b, 'Add', x, b.scalar(1, x.type));
  const log = unary(b, 'Log', u);
  const held = arithmetic(b, 'Sub', u, b.scalar(1, x.type));
  const mended = arithmetic(b, 'Div', arithmetic(b, 'Mul', log, x), held);
  const small = where(b, comparison(b, 'Equal', held, b.scalar(0, x.type)), x, mended);
  return where(b, comparison(b, 'Equal', held, x), log, small);
}

/** Of infinite numbers and NaN the difference with themselves is NaN. */
const finite = (b: Builder, x: Value): Value =>
  comparison(b, 'Equal', arithmetic(b, 'Sub', x, x), b.scalar(0, x.type));

function infinite(b: Builder, x: Value): Value {
  // IsInf takes float16 from opset 20 on.
  return unary(b, 'IsInf', x.type === 'float16' ? cast(b, x, 'float32') : x, {}, 'bool');
}

/** How many boundaries are not above the element. */
const bucketize: TfOp = one((b, x, node) => {
  const boundaries = floatsAttribute(node, 'boundaries');
  const type = x.type === 'float64' ? 'float64' : 'float32';
  const each = unsqueeze(b, cast(b, x, type), [-1]);
  const reached = comparison(b, 'GreaterOrEqual', each, b.numbers(boundaries, type));
  return reduce(b, 'ReduceSum', cast(b, reached, 'int32'), [-1], false);
});

export const ELEMENTWISE: TfOpTable = {
  Exp: direct('Exp'),
  Expm1: one(expm1),
  Log: direct('Log'),
  Log1p: one(log1p),
  Sqrt: direct('Sqrt'),
  Rsqrt: one((b, x) => unary(b, 'Reciprocal', unary(b, 'Sqrt', x))),
  Square: one((b, x) => arithmetic(b, 'Mul', x, x)),
  Neg: direct('Neg'),
  Abs: direct('Abs'),
  Sign: one(sign),
  Floor: rounding('Floor'),
  Ceil: rounding('Ceil'),
  Round: rounding('Round'),
  Rint: rounding('Round'),
  Reciprocal: reciprocal,
  Inv: reciprocal,
  Erf: direct('Erf'),
  Erfc: one((b, x) => arithmetic(b, 'Sub', b.scalar(1, x.type), unary(b, 'Erf', x))),
  Sin: direct('Sin'),
  Cos: direct('Cos'),
  Tan: direct('Tan'),
  Asin: direct('Asin'),
  Acos: direct('Acos'),
  Atan: direct('Atan'),
  Sinh: direct('Sinh'),
  Cosh: direct('Cosh'),
  Asinh: direct('Asinh'),
  Acosh: direct('Acosh'),
  Atanh: direct('Atanh'),
  IsNan: one((b, x) => unary(b, 'IsNaN', x, {}, 'bool')),
  IsInf: one(infinite),
  IsFinite: one(finite),
  LogicalNot: direct('Not'),
  Bucketize: bucketize,
};
