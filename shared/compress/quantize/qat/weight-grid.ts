/** The codes that trained weights may take, and the scales that their training starts with. */
import { type Codes, roundHalfEven } from '../int8/numbers/range.ts';
import type { WeightLimits } from '../int8/numbers/weight-scale.ts';

/** Scales below that of the largest weight are tried in steps of this share of it, down to the second. */
const STEP = 0.02;
const LEAST_SHARE = 0.4;
/** Below the smallest normal float32 a scale loses its digits. */
const SMALLEST_NORMAL = 2 ** -126;
/** Of rows of zeros: small, so that the bias, whose scale follows it, stays exact. */
const SCALE_OF_ZEROS = 2 ** -20;

/**
 * With 4 bits all sixteen codes. With 8 bits, where pairs of products may overflow, those that are safe in any
 * order: training moves weights, and a bound on pairs would couple them.
 */
export function weightCodes(bits: 4 | 8, { highest, pairSum }: WeightLimits): Codes {
  if (bits === 4) return { low: -8, high: 7 };
  const most = pairSum === null ? highest : Math.min(highest, Math.floor(pairSum / 2));
  return { low: -most, high: most };
}

/**
 * A scale (a float32) for each row of [rows, columns] with the least squared error of rounding.
 * `least`: the smallest allowed, for the bias.
 */
export function startScales(
  values: Float32Array,
  rows: number,
  codes: Codes,
  least?: ArrayLike<number>,
): Float32Array {
  const columns = values.length / rows;
  return Float32Array.from({ length: rows }, (_, row) =>
    scaleOf(values.subarray(row * columns, (row + 1) * columns), codes, least?.[row] ?? 0),
  );
}

function scaleOf(weights: Float32Array, codes: Codes, least: number): number {
  let widest = 0;
  for (const weight of weights) widest = Math.max(widest, weight / codes.high, weight / codes.low);
  if (widest === 0) return Math.max(SCALE_OF_ZEROS, least);
  let best = widest;
  let bestError = Number.POSITIVE_INFINITY;
  for (let share = 1; share >= LEAST_SHARE; share -= STEP) {
    const scale = Math.max(Math.fround(widest * share), least, SMALLEST_NORMAL);
    const error = errorOf(weights, scale, codes);
    if (error < bestError) [best, bestError] = [scale, error];
  }
  return best;
}

function errorOf(weights: Float32Array, scale: number, { low, high }: Codes): number {
  let sum = 0;
  for (const weight of weights) {
    const code = Math.min(high, Math.max(low, roundHalfEven(weight / scale)));
    sum += (weight - code * scale) ** 2;
  }
  return sum;
}
