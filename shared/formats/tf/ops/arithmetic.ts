/** Arithmetic of values that are broadcast against each other. */
import type { Builder } from '../../build/builder.ts';
import { broadcastShapes, isFixed, isStatic } from '../../build/dims.ts';
import { arithmetic, broadcast, comparison, unary, where } from '../../build/elementwise.ts';
import { foldElements } from '../../build/fold.ts';
import type { Value } from '../../build/value.ts';
import { input, many, type TfOp, type TfOpTable, two } from '../op.ts';
import { log1p } from './elementwise.ts';

type Binary = (b: Builder, x: Value, y: Value) => Value;

/** An ONNX op of the same meaning. */
const direct = (op: string): TfOp => two((b, x, y) => arithmetic(b, op, x, y));

const isFloat = (x: Value): boolean => x.type.includes('float');

const zero = (b: Builder, x: Value): Value => b.scalar(0, x.type);

/** 0 where `factor` is 0, whatever the result would be there. */
const zeroWhere = (b: Builder, factor: Value, result: Value): Value =>
  where(b, comparison(b, 'Equal', factor, zero(b, factor)), zero(b, result), result);

/** The remainder with the sign of the dividend, as in C. */
const truncateMod: Binary = (b, x, y) => broadcast(b, 'Mod', [x, y], x.type, { fmod: 1 });

/** The remainder with the sign of the divisor: ONNX has it for integers only. */
function floorMod(b: Builder, x: Value, y: Value): Value {
  if (!isFloat(x))
    return folded(
      b,
      x,
      y,
      (p, q) => p - Math.floor(p / q) * q,
      () => arithmetic(b, 'Mod', x, y),
    );
  const rest = truncateMod(b, x, y);
  const isOpposite = comparison(b, 'Less', arithmetic(b, 'Mul', rest, y), zero(b, x));
  return where(b, isOpposite, arithmetic(b, 'Add', rest, y), rest);
}

/** The quotient rounded down; ONNX rounds that of integers towards 0. */
function floorDiv(b: Builder, x: Value, y: Value): Value {
  if (isFloat(x)) return unary(b, 'Floor', arithmetic(b, 'Div', x, y));
  if (x.type.startsWith('u')) return arithmetic(b, 'Div', x, y);
  return folded(
    b,
    x,
    y,
    (p, q) => Math.floor(p / q),
    () => {
      const whole = arithmetic(b, 'Sub', x, arithmetic(b, 'Mod', x, y));
      return arithmetic(b, 'Div', whole, y);
    },
  );
}

/** Integers of which something is known; a size divided by 1 stays one. */
function folded(
  b: Builder,
  x: Value,
  y: Value,
  compute: (p: number, q: number) => number,
  make: () => Value,
): Value {
  const shape = broadcastShapes([x.shape, y.shape]);
  const known = foldElements([x, y], x.type, shape, (p = null, q = null) => {
    if (isFixed(p) && isFixed(q)) return q === 0 ? null : compute(p, q);
    return q === 1 && !isFixed(p) && compute(2, 1) === 2 ? p : null;
  });
  return known?.every(isFixed) && isStatic(shape)
    ? b.numbers(known, x.type, shape)
    : make().withKnown(known);
}

const squaredDifference: Binary = (b, x, y) => {
  const difference = arithmetic(b, 'Sub', x, y);
  return arithmetic(b, 'Mul', difference, difference);
};

/**
 * The angle of the point (x, y): that of (|x|, |y|), mirrored by the signs. Of y = −0 the sign is lost, and two
 * infinite numbers give NaN.
 */
const atan2: Binary = (b, y, x) => {
  const slope = arithmetic(b, 'Div', unary(b, 'Abs', y), unary(b, 'Abs', x));
  const angle = zeroWhere(b, y, unary(b, 'Atan', slope));
  const isLeft = comparison(b, 'Less', x, zero(b, x));
  const turned = where(b, isLeft, arithmetic(b, 'Sub', b.scalar(Math.PI, x.type), angle), angle);
  const isBelow = comparison(b, 'Less', y, zero(b, y));
  return where(b, isBelow, unary(b, 'Neg', turned), turned);
};

/** Sums of any number of values of one shape. */
const addN: TfOp = many((b, inputs) => {
  const first = input(inputs, 0);
  if (inputs.length <= 2 || !isFloat(first))
    return inputs.slice(1).reduce((sum, next) => arithmetic(b, 'Add', sum, next), first);
  return broadcast(b, 'Sum', inputs, first.type);
});

export const ARITHMETIC: TfOpTable = {
  Add: direct('Add'),
  AddV2: direct('Add'),
  AddN: addN,
  Sub: direct('Sub'),
  Mul: direct('Mul'),
  RealDiv: direct('Div'),
  // Of integers too: both round towards 0.
  Div: direct('Div'),
  TruncateDiv: direct('Div'),
  FloorDiv: two(floorDiv),
  DivNoNan: two((b, x, y) => zeroWhere(b, y, arithmetic(b, 'Div', x, y))),
  MulNoNan: two((b, x, y) => zeroWhere(b, y, arithmetic(b, 'Mul', x, y))),
  FloorMod: two(floorMod),
  Mod: two(truncateMod),
  TruncateMod: two(truncateMod),
  Maximum: direct('Max'),
  Minimum: direct('Min'),
  Pow: direct('Pow'),
  SquaredDifference: two(squaredDifference),
  Atan2: two(atan2),
  Xdivy: two((b, x, y) => zeroWhere(b, x, arithmetic(b, 'Div', x, y))),
  Xlogy: two((b, x, y) => zeroWhere(b, x, arithmetic(b, 'Mul', x, unary(b, 'Log', y)))),
  Xlog1py: two((b, x, y) => zeroWhere(b, x, arithmetic(b, 'Mul', x, log1p(b, y)))),
};
