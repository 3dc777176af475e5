/** What each element of a weight is worth, by the score of its plan. */
import { product } from '../../base/product.ts';
import type { InputLayout } from './prune-plan.ts';

/** Of what is not zero: the smallest number above zero that float32 holds. */
export const LEAST_SCORE = 2 ** -149;

/**
 * A score for each element of a weight of `dims`, from 0 up. Exact zeros alone have 0, so that what is zero
 * already goes first; NaN and infinite weights are worth more than all others: they are no reason to hide
 * that the model is broken. `norms` as in {@link PlannedLayer}.
 */
export function weightScores(
  values: Float32Array,
  dims: readonly number[],
  { axis, groups }: InputLayout,
  norms?: readonly number[],
): Float32Array {
  const scores = new Float32Array(values.length);
  const channels = dims[axis] ?? 1;
  const inner = product(dims.slice(axis + 1));
  const ofGroup = values.length / groups;
  for (let index = 0; index < values.length; index++) {
    const size = Math.abs(values[index] as number);
    if (size === 0) continue;
    const channel = Math.floor(index / ofGroup) * channels + (Math.floor(index / inner) % channels);
    const score = Math.fround(size * (norms ? (norms[channel] as number) : 1));
    if (Number.isNaN(score) || size === Number.POSITIVE_INFINITY)
      scores[index] = Number.POSITIVE_INFINITY;
    else scores[index] = Math.max(score, LEAST_SCORE);
  }
  return scores;
}
