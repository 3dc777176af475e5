/** The verdict on a latency: the contract's rules over session medians. */
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { DefectError } from '../../base/errors.ts';

export type LatencyVerdict = 'faster' | 'slower' | 'same' | 'inconclusive';

export interface LatencyJudgement {
  /** Variant / base: below 1 is faster. The geometric mean over sessions. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: LatencyVerdict;
}

/** Contract, "How numbers are judged": checked in this order. */
const SLOWER_ABOVE = 1.01;
const FASTER_BELOW = 0.99;
const SAME_WITHIN = [0.97, 1.03] as const;

/**
 * Judges by a t-interval over the sessions' median log-ratios: each fresh session has a bias of its
 * own (0.9 % measured), so sessions are the independent observations, not runs.
 *
 * @param logRatios ln(variant / base), one per pair of fresh sessions; at least two.
 * @param confidence of the two-sided interval, e.g. 0.95.
 */
export function judgeLatency(logRatios: readonly number[], confidence: number): LatencyJudgement {
  const count = logRatios.length;
  if (count < 2) throw new DefectError(`a latency needs two sessions or more: ${count} given`);
  if (!(confidence > 0 && confidence < 1))
    throw new DefectError(`a confidence lies between 0 and 1: ${confidence} given`);
  const mean = logRatios.reduce((sum, value) => sum + value, 0) / count;
  const variance = logRatios.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const halfWidth = tQuantile(1 - (1 - confidence) / 2, count - 1) * Math.sqrt(variance / count);
  const low = Math.exp(mean - halfWidth);
  const high = Math.exp(mean + halfWidth);
  return { ratio: Math.exp(mean), low, high, verdict: verdictOf(low, high) };
}

/** The verdict that an interval of the ratio means. */
export function verdictOf(low: number, high: number): LatencyVerdict {
  if (low > SLOWER_ABOVE) return 'slower';
  if (high < FASTER_BELOW) return 'faster';
  if (low >= SAME_WITHIN[0] && high <= SAME_WITHIN[1]) return 'same';
  return 'inconclusive';
}
