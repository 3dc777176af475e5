/**
 * No sum of two neighbouring products overflows 16 bits: what makes U8×S8 kernels right on x64 CPUs
 * without VNNI. VPMADDUBSW multiplies unsigned activations with signed weights and adds pairs of products with
 * saturation at ±2^15. Which weights are neighbours is the kernel's affair, so every pair of one
 * output channel has to be safe.
 *
 * Two weights of unlike sign never overflow: their products cancel. Two of one sign are safe when their
 * sum is at most 128 with activations up to 255 (128 · 255 = 32,640 ≤ 32,767), or 258 up to 127. So
 * seven bits (|w| ≤ 64) are safe, and so is one weight of 100 beside others up to 28.
 */

/** Largest and smallest sum that VPMADDUBSW holds. */
const INT16_MAX = 32_767;

/** The largest sum of two weights of one sign that is safe with activation codes from 0 to `highest`. */
export function safePairSum(highest: number): number {
  return Math.floor(INT16_MAX / highest);
}

/** The two largest weights and the two smallest, as sizes: (largest + second) and (smallest + second). */
export interface PairSums {
  readonly positive: number;
  readonly negative: number;
}

/** The worst sums of two weights of one sign in a row; a lone weight has no partner. */
export function worstPairSums(
  weights: ArrayLike<number>,
  start = 0,
  count = weights.length,
): PairSums {
  let [first, second, low, lower] = [0, 0, 0, 0];
  for (let i = start; i < start + count; i++) {
    const weight = weights[i] ?? 0;
    if (weight > second) {
      if (weight > first) [first, second] = [weight, first];
      else second = weight;
    } else if (weight < low) {
      if (weight < lower) [lower, low] = [weight, lower];
      else low = weight;
    }
  }
  return { positive: first + second, negative: -(low + lower) };
}

/** Whether every two codes of a row, in any order, obey the bound of {@link safePairSum}. */
export function obeysPairSum(
  codes: ArrayLike<number>,
  pairSum: number,
  start = 0,
  count = codes.length,
): boolean {
  const { positive, negative } = worstPairSums(codes, start, count);
  return positive <= pairSum && negative <= pairSum;
}
