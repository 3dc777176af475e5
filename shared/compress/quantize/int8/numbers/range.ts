/** Ranges of values, and the scale and zero point that map them to integers. */

/** What was seen of a tensor: the smallest and the largest value. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Integers that stand for reals: `real = scale · (code − zeroPoint)`, codes from `low` to `high`. */
export interface Grid {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Codes that may be used, both ends included: 0 … 255, 0 … 127 (7 bits), −128 … 127. */
export interface Codes {
  readonly low: number;
  readonly high: number;
}

/** The neutral element of {@link unionOf}: nothing was seen. */
export const EMPTY_RANGE: Range = {
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
};

/** The smallest positive normal float32: a scale below it loses precision, or is flushed to 0. */
const SMALLEST_NORMAL = 2 ** -126;
/** Explicit bits of the mantissa that ranges keep. */
const RANGE_BITS = 12;

/** The range of both together: associative, in any order. */
export function unionOf(a: Range, b: Range): Range {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

/**
 * The range with 0 inside and its ends rounded away from 0 to 12 bits, so that kernels of AVX2, AVX-512
 * and ARM, which differ in the last bits, give the same scales. An empty range becomes [0, 0].
 */
export function calibratedRange({ min, max }: Range): Range {
  return {
    // Adding 0 makes 0 of −0, which JSON does not know.
    min: roundAwayFromZero(Math.min(0, min === Number.POSITIVE_INFINITY ? 0 : min)) + 0,
    max: roundAwayFromZero(Math.max(0, max === Number.NEGATIVE_INFINITY ? 0 : max)),
  };
}

/** The nearest number with 12 explicit mantissa bits that is not nearer to 0. */
export function roundAwayFromZero(value: number): number {
  const size = Math.abs(value);
  if (size === 0 || !Number.isFinite(size)) return value;
  const step = 2 ** (exponentOf(size) - RANGE_BITS);
  return Math.sign(value) * Math.ceil(size / step) * step;
}

/** The largest e with 2^e ≤ size, for a positive normal number. */
export function exponentOf(size: number): number {
  let exponent = Math.floor(Math.log2(size));
  // The logarithm is rounded: next to a power of two it may be one off.
  while (2 ** exponent > size) exponent--;
  while (2 ** (exponent + 1) <= size) exponent++;
  return exponent;
}

/**
 * Scale (a float32) and zero point of a range that holds 0. Asymmetric: the ends are the first and last
 * code; symmetric: 0 is the middle code, as far as `codes` have one.
 * Source: QuantizeLinear of ONNX; onnxruntime `quant_utils.compute_scale_zp`.
 */
export function gridOf(range: Range, codes: Codes, symmetric: boolean): Grid {
  const { low, high } = codes;
  const min = Math.min(0, range.min);
  const max = Math.max(0, range.max);
  if (symmetric) {
    // Adding 0 makes 0 of −0, which JSON does not know.
    const middle = Math.round((low + high) / 2) + 0;
    const steps = Math.min(high - middle, middle - low);
    const scale = Math.fround(Math.max(max, -min) / steps);
    return scale < SMALLEST_NORMAL ? { scale: 1, zeroPoint: middle } : { scale, zeroPoint: middle };
  }
  const scale = Math.fround((max - min) / (high - low));
  if (scale < SMALLEST_NORMAL) return { scale: 1, zeroPoint: Math.max(low, 0) };
  const zeroPoint = roundHalfEven(low - min / scale);
  return { scale, zeroPoint: Math.min(high, Math.max(low, zeroPoint)) };
}

/** The reals that a grid can stand for. */
export function rangeOf({ scale, zeroPoint }: Grid, { low, high }: Codes): Range {
  return { min: scale * (low - zeroPoint), max: scale * (high - zeroPoint) };
}

/** 1.5 · 2^52: adding it leaves no room for a fraction, and the processor rounds half to even. */
const MAGIC = 6755399441055744;

/** To the nearest integer, halves to even, as QuantizeLinear does; exact for |value| < 2^51. */
export function roundHalfEven(value: number): number {
  return value + MAGIC - MAGIC;
}

/** The code of a real. */
export function codeOf(value: number, { scale, zeroPoint }: Grid, { low, high }: Codes): number {
  return Math.min(high, Math.max(low, roundHalfEven(value / scale) + zeroPoint));
}
