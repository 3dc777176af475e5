/** The scale of one row of weights: as fine as the codes and the pair bound allow. */
import { worstPairSums } from './overflow.ts';
import { roundHalfEven } from './range.ts';

/** What the target's kernels allow of the weights of one output channel. */
export interface WeightLimits {
  /** The largest code; the smallest is its negative. */
  readonly highest: number;
  /** The largest sum of two codes of one sign, or none. */
  readonly pairSum: number | null;
}

/** A scale, and the codes that may be used with it. */
export interface RowScale {
  readonly scale: number;
  readonly highest: number;
}

/** Scales below the largest weight's are tried in these steps: clipping one weight may serve the others. */
const SHRINKS = [1, 0.97, 0.94, 0.91, 0.88, 0.85, 0.82, 0.79, 0.76, 0.73, 0.7];

/**
 * The scale with the smallest error Σ importance · (weight − rounded)². Candidates: codes up to half the
 * pair bound, with the scale shrunk step by step; and the finest scale at which all pairs obey the bound, which
 * serves rows with an outlier.
 *
 * @param least the smallest scale allowed, for the bias (see bias.ts).
 * @param shrinks whether clipping is tried.
 */
export function chooseScale(
  weights: ArrayLike<number>,
  importance: ArrayLike<number> | undefined,
  limits: WeightLimits,
  least = 0,
  shrinks = true,
): RowScale {
  let largest = 0;
  for (let i = 0; i < weights.length; i++) largest = Math.max(largest, Math.abs(weights[i] ?? 0));
  // Of zeros any scale is right; a small one leaves the bias, whose scale follows it, exact.
  if (largest === 0)
    return { scale: Math.fround(Math.max(2 ** -20, least)), highest: limits.highest };
  const { pairSum } = limits;
  const highest =
    pairSum === null ? limits.highest : Math.min(limits.highest, Math.floor(pairSum / 2));
  const candidates = (shrinks ? SHRINKS : [1]).map((shrink) => ({
    scale: (largest * shrink) / highest,
    highest,
  }));
  if (pairSum !== null && highest < limits.highest) {
    candidates.push({
      scale: pairedScale(weights, limits.highest, pairSum),
      highest: limits.highest,
    });
  }
  let best: RowScale | undefined;
  let bestError = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const scale = Math.fround(Math.max(candidate.scale, least, 2 ** -126));
    const error = errorOf(weights, importance, scale, candidate.highest);
    if (error < bestError) {
      best = { scale, highest: candidate.highest };
      bestError = error;
    }
  }
  // Importances that are not finite compare nothing.
  return best ?? { scale: Math.fround(Math.max(largest / highest, least, 2 ** -126)), highest };
}

/** The finest scale at which the rounded weights obey the pair bound in any order. */
export function pairedScale(weights: ArrayLike<number>, highest: number, pairSum: number): number {
  const sums = worstPairSums(weights);
  let largest = 0;
  for (let i = 0; i < weights.length; i++) largest = Math.max(largest, Math.abs(weights[i] ?? 0));
  // Rounding adds up to half a code to each of the two.
  return Math.max(largest / highest, Math.max(sums.positive, sums.negative) / (pairSum - 1));
}

function errorOf(
  weights: ArrayLike<number>,
  importance: ArrayLike<number> | undefined,
  scale: number,
  highest: number,
): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    const code = Math.min(highest, Math.max(-highest, roundHalfEven(weight / scale)));
    const error = weight - code * scale;
    sum += error * error * (importance === undefined ? 1 : (importance[i] ?? 0));
  }
  return sum;
}
