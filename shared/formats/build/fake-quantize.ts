/**
 * Values rounded to the steps of a quantization and back, as TensorFlow's FakeQuant ops do it.
 *
 * Source: tensorflow/core/kernels/fake_quant_ops_functor.h.
 */
import type { Builder } from './builder.ts';
import { upTo } from './dims.ts';
import { arithmetic, unary } from './elementwise.ts';
import { placeOf } from './order.ts';
import type { Value } from './value.ts';

const { fround } = Math;

/** The range that is to be represented, one of each or one for each channel, and its steps. */
export interface FakeRange {
  readonly min: Value;
  readonly max: Value;
  readonly bits: number;
  /** The lowest step is left out. */
  readonly isNarrow: boolean;
}

/**
 * Constant ranges of 8 bits become QuantizeLinear and DequantizeLinear, which is what runtimes make integer
 * kernels of; they round halves to even, where TensorFlow rounds them up. All others are computed as
 * TensorFlow does. Ranges for each channel go along the last axis.
 */
export function fakeQuantize(b: Builder, x: Value, range: FakeRange): Value {
  const low = range.isNarrow ? 1 : 0;
  const high = 2 ** range.bits - 1;
  const [mins, maxs] = [range.min.numbers, range.max.numbers];
  if (range.bits === 8 && mins && maxs && mins.length > 0 && mins.length === maxs.length)
    return quantizeLinear(
      b,
      x,
      mins.map((min, channel) => nudged(min, maxs[channel] ?? 0, low, high)),
    );
  return computed(b, x, range, low, high);
}

interface Steps {
  readonly scale: number;
  readonly zeroPoint: number;
  readonly min: number;
  readonly max: number;
}

/** The range moved so that 0 is one of its steps. */
function nudged(min: number, max: number, low: number, high: number): Steps {
  const scale = fround(fround(max - min) / (high - low));
  // An empty range gives zeros.
  if (scale === 0) return { scale: 1, zeroPoint: 0, min: 0, max: 0 };
  const fromMin = fround(low - fround(min / scale));
  const zeroPoint = fromMin < low ? low : fromMin > high ? high : Math.floor(fromMin + 0.5);
  return {
    scale,
    zeroPoint,
    min: fround((low - zeroPoint) * scale),
    max: fround((high - zeroPoint) * scale),
  };
}

function quantizeLinear(b: Builder, x: Value, steps: readonly Steps[]): Value {
  const dims = steps.length > 1 ? [steps.length] : [];
  const numbers = (pick: (step: Steps) => number): Value =>
    b.numbers(steps.map(pick), 'float32', dims);
  // Unsigned bytes end where the range does, except below a range that leaves out its lowest step, and empty ones.
  const isCut = steps.some(({ zeroPoint, scale, min, max }) => {
    const covers = min === fround(-zeroPoint * scale) && max === fround((255 - zeroPoint) * scale);
    return !covers;
  });
  const cut = isCut
    ? arithmetic(
        b,
        'Max',
        arithmetic(
          b,
          'Min',
          x,
          numbers(({ max }) => max),
        ),
        numbers(({ min }) => min),
      )
    : x;
  const scale = b.hold(numbers((step) => step.scale));
  const zero = b.hold(
    b.numbers(
      steps.map(({ zeroPoint }) => zeroPoint),
      'uint8',
      dims,
    ),
  );
  const attributes = steps.length > 1 ? { axis: placeOf(cut.order, x.rank - 1) } : {};
  const bytes = b.node('QuantizeLinear', [b.holdAsIs(cut), scale, zero], attributes)[0] ?? '';
  return b.emit('DequantizeLinear', [bytes, scale, zero], 'float32', x.shape, {
    attributes,
    order: cut.order,
  });
}

function computed(b: Builder, x: Value, { min, max }: FakeRange, low: number, high: number): Value {
  const calculate = (op: string, left: Value, right: Value): Value =>
    arithmetic(b, op, left, right);
  const number = (value: number): Value => b.scalar(value, 'float32');
  const rounded = (value: Value): Value => unary(b, 'Floor', calculate('Add', value, number(0.5)));
  const scale = calculate('Div', calculate('Sub', max, min), number(high - low));
  const fromMin = calculate('Sub', number(low), calculate('Div', min, scale));
  const zeroPoint = calculate('Max', calculate('Min', rounded(fromMin), number(high)), number(low));
  const end = (step: number): Value =>
    calculate('Mul', calculate('Sub', number(step), zeroPoint), scale);
  const lowest = end(low);
  const inverse = calculate('Div', number(1), scale);
  const zero = rounded(calculate('Mul', unary(b, 'Neg', lowest), inverse));
  const inside = calculate('Max', calculate('Min', x, end(high)), lowest);
  const steps = calculate('Mul', calculate('Sub', inside, lowest), inverse);
  return calculate('Mul', rounded(calculate('Sub', steps, zero)), scale);
}

/** What {@link quantizeAndDequantize} is told. */
export interface SymmetricRange {
  /** Absent: that of the value itself. */
  readonly given: { readonly min: Value; readonly max: Value } | undefined;
  readonly isSigned: boolean;
  readonly bits: number;
  readonly isNarrow: boolean;
  readonly isHalfUp: boolean;
}

/**
 * Steps that are multiples of one scale, the smallest with which both ends of the range are reached; `min`
 * and `max` broadcast against the value.
 *
 * Source: tensorflow/core/kernels/quantize_and_dequantize_op.h.
 */
export function quantizeAndDequantize(
  b: Builder,
  x: Value,
  { min, max }: { readonly min: Value; readonly max: Value },
  { given, isSigned, bits, isNarrow, isHalfUp }: SymmetricRange,
): Value {
  const low = isSigned ? -(2 ** (bits - 1)) + (isNarrow ? 1 : 0) : 0;
  const high = isSigned ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const calculate = (op: string, left: Value, right: Value): Value =>
    arithmetic(b, op, left, right);
  const number = (value: number): Value => b.scalar(value, x.type);
  const zero = number(0);
  // Scale by an end is step / end; an end on the wrong side of 0 says nothing: its inverse scale is 0.
  const inverse = (end: Value, step: number): Value =>
    step === 0 ? zero : calculate('Max', calculate('Div', end, number(step)), zero);
  const fromMin = inverse(min, low);
  const fromMax = inverse(max, high);
  const step = calculate('Max', fromMin, fromMax);
  const scaled = calculate('Div', given ? bounded() : x, step);
  const steps = isHalfUp
    ? unary(b, 'Floor', calculate('Add', scaled, number(0.5)))
    : unary(b, 'Round', scaled);
  return calculate('Mul', steps, step);

  function bounded(): Value {
    const upper = calculate('Mul', step, number(high));
    return calculate('Max', calculate('Min', x, upper), calculate('Mul', step, number(low)));
  }
}

/** The shape with which a vector stands along one axis. */
export const alongShape = (rank: number, axis: number, size: number): number[] =>
  upTo(rank).map((at) => (at === axis ? size : 1));
