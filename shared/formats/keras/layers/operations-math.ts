/** Operation nodes that work on each element by itself. */
import type { AttributeInputs } from '../../../onnx/make-node.ts';
import { clip } from '../../build/activation.ts';
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { arithmetic, broadcast, comparison, unary } from '../../build/elementwise.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import type { LayerTable } from '../layer.ts';
import { asFloat, type Operation, type OperationCall, operations } from './operations-call.ts';

const PAIR = ['x1', 'x2'] as const;

/** An ONNX operator of the same meaning; integers become floats first. */
const float =
  (op: string): Operation =>
  (call) =>
    unary(call.b, op, call.float('x', 0));

/** An ONNX operator of the same meaning for every type. */
const same =
  (op: string): Operation =>
  (call) =>
    unary(call.b, op, call.tensor('x', 0));

/** Something else of one tensor that Keras computes in floating point. */
const ofFloat =
  (work: (b: Builder, x: Value, call: OperationCall) => Value): Operation =>
  (call) =>
    work(call.b, call.float('x', 0), call);

/** Two tensors of one type. */
const pair =
  (work: (b: Builder, x: Value, y: Value) => Value, names: readonly string[] = PAIR): Operation =>
  (call) => {
    const [x, y] = call.common(names);
    if (!x || !y) throw new Unconvertible('it needs two operands');
    return work(call.b, x, y);
  };

const floatPair = (work: (b: Builder, x: Value, y: Value) => Value): Operation =>
  pair((b, x, y) => work(b, asFloat(b, x), asFloat(b, y)));

const binary = (op: string): Operation => pair((b, x, y) => arithmetic(b, op, x, y));

const compare = (op: string): Operation => pair((b, x, y) => comparison(b, op, x, y));

const logical = (op: string): Operation =>
  pair((b, x, y) => broadcast(b, op, [cast(b, x, 'bool'), cast(b, y, 'bool')], 'bool'));

const bits = (op: string, attributes: AttributeInputs = {}): Operation =>
  pair(
    (b, x, y) => {
      b.require(18, 'an operation on bits');
      return broadcast(b, op, [x, y], x.type, attributes);
    },
    ['x', 'y'],
  );

const shift = (direction: 'LEFT' | 'RIGHT'): Operation =>
  pair(
    (b, x, y) => {
      const [from, by] = [cast(b, x, 'uint32'), cast(b, y, 'uint32')];
      const moved = broadcast(b, 'BitShift', [from, by], 'uint32', { direction });
      return cast(b, moved, x.type);
    },
    ['x', 'y'],
  );

const times = (b: Builder, x: Value, factor: number): Value =>
  arithmetic(b, 'Mul', x, b.scalar(factor, x.type));

const plus = (b: Builder, x: Value, term: number): Value =>
  arithmetic(b, 'Add', x, b.scalar(term, x.type));

const where = (b: Builder, condition: Value, x: Value, y: Value): Value =>
  broadcast(b, 'Where', [condition, x, y], x.type);

const isZero = (b: Builder, x: Value): Value => comparison(b, 'Equal', x, b.scalar(0, x.type));

/** Rounded towards minus infinity. */
export function floorDivide(b: Builder, x: Value, y: Value): Value {
  if (x.type.includes('float')) return unary(b, 'Floor', arithmetic(b, 'Div', x, y));
  return arithmetic(b, 'Div', arithmetic(b, 'Sub', x, arithmetic(b, 'Mod', x, y)), y);
}

/** The remainder with the sign of the divisor. */
export function floorMod(b: Builder, x: Value, y: Value): Value {
  if (!x.type.includes('float')) return arithmetic(b, 'Mod', x, y);
  const floor = unary(b, 'Floor', arithmetic(b, 'Div', x, y));
  return arithmetic(b, 'Sub', x, arithmetic(b, 'Mul', floor, y));
}

/** The angle of the point (x, y), from −π to π. */
export function arctan2(b: Builder, y: Value, x: Value): Value {
  const angle = unary(b, 'Atan', arithmetic(b, 'Div', y, x));
  const zero = b.scalar(0, y.type);
  const half = where(
    b,
    comparison(b, 'Less', y, zero),
    b.scalar(-Math.PI, y.type),
    b.scalar(Math.PI, y.type),
  );
  const left = where(b, comparison(b, 'Less', x, zero), half, zero);
  const sum = arithmetic(b, 'Add', angle, left);
  // 0 / 0 is no number: the angle of the origin is 0.
  const none = broadcast(b, 'And', [isZero(b, x), isZero(b, y)], 'bool');
  return where(b, none, b.scalar(0, y.type), sum);
}

/** log(eˣ + eʸ) without overflow; to the base 2 with `base` its logarithm. */
function logAddExp(b: Builder, x: Value, y: Value, base = 1): Value {
  const apart = times(b, unary(b, 'Abs', arithmetic(b, 'Sub', x, y)), -base);
  const more = times(b, unary(b, 'Log', plus(b, unary(b, 'Exp', apart), 1)), 1 / base);
  return arithmetic(b, 'Add', broadcast(b, 'Max', [x, y], x.type), more);
}

function isClose(call: OperationCall): Value {
  const { b } = call;
  const [left, right] = call.common(PAIR);
  if (!left || !right) throw new Unconvertible('it needs two operands');
  const [x, y] = [asFloat(b, left), asFloat(b, right)];
  const bound = plus(
    b,
    times(b, unary(b, 'Abs', y), call.number('rtol', 1e-5, 2)),
    call.number('atol', 1e-8, 3),
  );
  const near = comparison(b, 'LessOrEqual', unary(b, 'Abs', arithmetic(b, 'Sub', x, y)), bound);
  const equal = broadcast(b, 'Or', [near, comparison(b, 'Equal', x, y)], 'bool');
  if (!call.flag('equal_nan')) return equal;
  const nans = [x, y].map((value) => unary(b, 'IsNaN', value, {}, 'bool'));
  return broadcast(b, 'Or', [equal, broadcast(b, 'And', nans, 'bool')], 'bool');
}

function isInfinite(b: Builder, x: Value, attributes: AttributeInputs = {}): Value {
  return unary(b, 'IsInf', x, attributes, 'bool');
}

function nanToNum(call: OperationCall): Value {
  const { b } = call;
  const x = call.tensor('x', 0);
  if (!x.type.includes('float')) return x;
  const largest = x.type === 'float16' ? 65504 : 3.4028234663852886e38;
  const nan = where(
    b,
    unary(b, 'IsNaN', x, {}, 'bool'),
    b.scalar(call.number('nan', 0), x.type),
    x,
  );
  const up = isInfinite(b, nan, { detect_negative: 0 });
  const high = where(b, up, b.scalar(call.number('posinf', largest), x.type), nan);
  const down = isInfinite(b, high, { detect_positive: 0 });
  return where(b, down, b.scalar(call.number('neginf', -largest), x.type), high);
}

function round(call: OperationCall): Value {
  const { b } = call;
  const x = call.tensor('x', 0);
  const decimals = call.number('decimals', 0);
  if (!x.type.includes('float')) return x;
  if (decimals === 0) return unary(b, 'Round', x);
  return times(b, unary(b, 'Round', times(b, x, 10 ** decimals)), 10 ** -decimals);
}

const UNARY: Readonly<Record<string, Operation>> = {
  Absolute: same('Abs'),
  Fabs: float('Abs'),
  Arccos: float('Acos'),
  Arccosh: float('Acosh'),
  Arcsin: float('Asin'),
  Arcsinh: float('Asinh'),
  Arctan: float('Atan'),
  Arctanh: float('Atanh'),
  Cbrt: ofFloat((b, x) =>
    arithmetic(
      b,
      'Mul',
      unary(b, 'Sign', x),
      arithmetic(b, 'Pow', unary(b, 'Abs', x), b.scalar(1 / 3, x.type)),
    ),
  ),
  Ceil: float('Ceil'),
  Conjugate: (call) => call.tensor('x', 0),
  Copy: (call) => call.tensor('x', 0),
  Cos: float('Cos'),
  Cosh: float('Cosh'),
  Deg2rad: ofFloat((b, x) => times(b, x, Math.PI / 180)),
  Rad2deg: ofFloat((b, x) => times(b, x, 180 / Math.PI)),
  Erf: float('Erf'),
  Erfc: ofFloat((b, x) => arithmetic(b, 'Sub', b.scalar(1, x.type), unary(b, 'Erf', x))),
  Exp: float('Exp'),
  Exp2: ofFloat((b, x) => arithmetic(b, 'Pow', b.scalar(2, x.type), x)),
  Expm1: ofFloat((b, x) => plus(b, unary(b, 'Exp', x), -1)),
  Floor: float('Floor'),
  Isfinite: ofFloat((b, x) =>
    unary(
      b,
      'Not',
      broadcast(b, 'Or', [isInfinite(b, x), unary(b, 'IsNaN', x, {}, 'bool')], 'bool'),
    ),
  ),
  Isinf: ofFloat((b, x) => isInfinite(b, x)),
  Isneginf: ofFloat((b, x) => isInfinite(b, x, { detect_positive: 0 })),
  Isposinf: ofFloat((b, x) => isInfinite(b, x, { detect_negative: 0 })),
  Isnan: ofFloat((b, x) => unary(b, 'IsNaN', x, {}, 'bool')),
  Log: float('Log'),
  Log10: ofFloat((b, x) => times(b, unary(b, 'Log', x), Math.LOG10E)),
  Log1p: ofFloat((b, x) => unary(b, 'Log', plus(b, x, 1))),
  Log2: ofFloat((b, x) => times(b, unary(b, 'Log', x), Math.LOG2E)),
  LogicalNot: (call) => unary(call.b, 'Not', cast(call.b, call.tensor('x', 0), 'bool')),
  NanToNum: nanToNum,
  Negative: same('Neg'),
  Real: (call) => call.tensor('x', 0),
  Reciprocal: float('Reciprocal'),
  Round: round,
  Rsqrt: ofFloat((b, x) => unary(b, 'Reciprocal', unary(b, 'Sqrt', x))),
  Sign: same('Sign'),
  Signbit: (call) => {
    const x = call.tensor('x', 0);
    return comparison(call.b, 'Less', x, call.b.scalar(0, x.type));
  },
  Sin: float('Sin'),
  Sinc: ofFloat((b, x) => {
    const angle = times(b, x, Math.PI);
    const one = b.scalar(1, x.type);
    return where(b, isZero(b, x), one, arithmetic(b, 'Div', unary(b, 'Sin', angle), angle));
  }),
  Sinh: float('Sinh'),
  Sqrt: float('Sqrt'),
  Square: (call) => {
    const x = call.tensor('x', 0);
    return arithmetic(call.b, 'Mul', x, x);
  },
  Tan: float('Tan'),
  Tanh: float('Tanh'),
  Trunc: (call) => {
    const x = call.tensor('x', 0);
    if (!x.type.includes('float')) return x;
    return arithmetic(
      call.b,
      'Mul',
      unary(call.b, 'Sign', x),
      unary(call.b, 'Floor', unary(call.b, 'Abs', x)),
    );
  },
  StopGradient: (call) => call.tensor('variable', 0),
  BitwiseInvert: (call) => {
    call.b.require(18, 'an operation on bits');
    return unary(call.b, 'BitwiseNot', call.tensor('x', 0));
  },
  BitwiseNot: (call) => {
    call.b.require(18, 'an operation on bits');
    return unary(call.b, 'BitwiseNot', call.tensor('x', 0));
  },
};

const BINARY: Readonly<Record<string, Operation>> = {
  Add: binary('Add'),
  Subtract: binary('Sub'),
  Multiply: binary('Mul'),
  Divide: floatPair((b, x, y) => arithmetic(b, 'Div', x, y)),
  TrueDivide: floatPair((b, x, y) => arithmetic(b, 'Div', x, y)),
  DivideNoNan: floatPair((b, x, y) =>
    where(b, isZero(b, y), b.scalar(0, x.type), arithmetic(b, 'Div', x, y)),
  ),
  FloorDivide: pair(floorDivide),
  Mod: pair(floorMod),
  Fmod: pair((b, x, y) => broadcast(b, 'Mod', [x, y], x.type, { fmod: 1 })),
  Power: binary('Pow'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Arctan2: floatPair(arctan2),
  Hypot: floatPair((b, x, y) =>
    unary(b, 'Sqrt', arithmetic(b, 'Add', arithmetic(b, 'Mul', x, x), arithmetic(b, 'Mul', y, y))),
  ),
  Heaviside: floatPair((b, x, y) => {
    const step = cast(b, comparison(b, 'Greater', x, b.scalar(0, x.type)), x.type);
    return where(b, isZero(b, x), y, step);
  }),
  Ldexp: floatPair((b, x, y) =>
    arithmetic(b, 'Mul', x, arithmetic(b, 'Pow', b.scalar(2, x.type), y)),
  ),
  Logaddexp: floatPair((b, x, y) => logAddExp(b, x, y)),
  Logaddexp2: floatPair((b, x, y) => logAddExp(b, x, y, Math.LN2)),
  Equal: compare('Equal'),
  NotEqual: pair((b, x, y) => unary(b, 'Not', comparison(b, 'Equal', x, y))),
  Greater: compare('Greater'),
  GreaterEqual: compare('GreaterOrEqual'),
  Less: compare('Less'),
  LessEqual: compare('LessOrEqual'),
  Isclose: isClose,
  LogicalAnd: logical('And'),
  LogicalOr: logical('Or'),
  LogicalXor: logical('Xor'),
  BitwiseAnd: bits('BitwiseAnd'),
  BitwiseOr: bits('BitwiseOr'),
  BitwiseXor: bits('BitwiseXor'),
  BitwiseLeftShift: shift('LEFT'),
  LeftShift: shift('LEFT'),
  BitwiseRightShift: shift('RIGHT'),
  RightShift: shift('RIGHT'),
};

const OTHERS: Readonly<Record<string, Operation>> = {
  Clip: (call) => {
    const [x] = call.unify([
      { value: call.tensor('x', 0), isWeak: false },
      { value: call.tensor('x_min'), isWeak: true },
      { value: call.tensor('x_max'), isWeak: true },
    ]);
    if (!x) throw new Unconvertible('it needs an operand');
    const [low, high] = [call.tensor('x_min'), call.tensor('x_max')];
    if (low.rank === 0 && high.rank === 0 && low.numbers && high.numbers)
      return clip(call.b, x, low.numbers[0], high.numbers[0]);
    const raised = broadcast(call.b, 'Max', [x, cast(call.b, low, x.type)], x.type);
    return broadcast(call.b, 'Min', [raised, cast(call.b, high, x.type)], x.type);
  },
  Cast: (call) => cast(call.b, call.tensor('x', 0), call.type('dtype', 'float32')),
  SaturateCast: (call) => {
    const x = call.tensor('x', 0);
    const to = call.type('dtype', 'float32');
    const range = RANGES[to];
    return cast(call.b, range ? clip(call.b, x, ...range) : x, to);
  },
  ConvertToTensor: (call) => {
    const x = call.tensor('x', 0);
    return cast(call.b, x, call.type('dtype', x.type));
  },
  Array: (call) => {
    const x = call.tensor('x', 0);
    return cast(call.b, x, call.type('dtype', x.type));
  },
};

/** Ends of integer types that are narrower than floats are exact. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
};

export const OPERATIONS_MATH: LayerTable = operations({ ...UNARY, ...BINARY, ...OTHERS });
