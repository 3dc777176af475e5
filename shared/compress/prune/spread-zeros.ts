/**
 * How many zeros each layer gets, so that they are as many as wanted in all: the elements of all layers in
 * one order, the first ones go.
 *
 * `global` orders by score. `lamp` orders by the share that an element has of what is left of its layer
 * when all below it are gone: s² / Σ of the s² that are not smaller (Lee et al. 2021, "Layer-adaptive
 * sparsity for the magnitude-based pruning", equation 4). The scale of a layer does not matter there, and its
 * last element never goes.
 */
import { DefectError } from '../../base/errors.ts';
import type { PruneSpread } from './prune-plan.ts';
import { LEAST_SCORE } from './weight-scores.ts';

/** The elements of a layer. */
export interface LayerScores {
  /** Ascending. */
  readonly scores: Float32Array;
  /** So many of the highest stay in any case. */
  readonly floor: number;
}

/** Zeros of each layer, in all exactly `zeros`; of equal elements those of the first layers go. */
export function spreadZeros(
  layers: readonly LayerScores[],
  zeros: number,
  spread: PruneSpread,
): readonly number[] {
  if (zeros === 0) return layers.map(() => 0);
  const keys = layers.map(({ scores, floor }) =>
    (spread === 'lamp' ? shares(scores) : scores).subarray(0, Math.max(0, scores.length - floor)),
  );
  const all = new Float32Array(keys.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of keys) {
    all.set(part, end);
    end += part.length;
  }
  if (zeros > all.length) throw new DefectError(`${zeros} zeros for ${all.length} places`);
  const last = all.sort()[zeros - 1] as number;
  const counts = keys.map((part) => countWhile(part, (key) => key < last));
  let left = zeros - counts.reduce((sum, count) => sum + count, 0);
  return keys.map((part, index) => {
    const below = counts[index] ?? 0;
    const equal = Math.min(left, countWhile(part, (key) => key <= last) - below);
    left -= equal;
    return below + equal;
  });
}

/** See the head of the file; ascending, as the scores are. */
function shares(scores: Float32Array): Float32Array {
  const result = new Float32Array(scores.length);
  let rest = 0;
  for (let index = scores.length - 1; index >= 0; index--) {
    const score = scores[index] as number;
    if (Number.isFinite(score)) rest += score * score;
    // Only what is zero already has the share 0, however small others get.
    result[index] = score > 0 && Number.isFinite(score) ? atLeast(score * score, rest) : score;
  }
  return result;
}

const atLeast = (part: number, rest: number): number => Math.max(part / rest, LEAST_SCORE);

/** How many elements of an ascending array are before the first that is not. */
function countWhile(sorted: Float32Array, isBefore: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(sorted[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
