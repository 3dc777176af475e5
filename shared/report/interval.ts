/** How sure an interval makes us that a value lies beyond a limit: the p-value that Holm's rule needs. */

import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import studentCdf from '@stdlib/stats-base-dists-t-cdf';
import studentQuantile from '@stdlib/stats-base-dists-t-quantile';

/** Two-sided level of every interval in a report. */
export const CONFIDENCE = 0.95;

export interface Interval {
  readonly estimate: number;
  /** Bounds at {@link CONFIDENCE}. */
  readonly low: number;
  readonly high: number;
  /** Of a t-interval; absent for a normal or resampled one. */
  readonly degreesOfFreedom?: number;
}

/**
 * Two-sided p-value of "the value is the limit", where the estimate lies above the limit; 1 where not.
 *
 * The distance to the limit is measured in half-widths of the interval on that side, so that p is
 * 0.05 exactly where the 95 % interval ends: with a single comparison the corrected rule *is* the
 * rule "the interval lies beyond the limit", whatever method made the interval (t, score, bootstrap).
 */
export function pValueAbove(interval: Interval, limit: number): number {
  const { estimate, low, degreesOfFreedom } = interval;
  if (!(estimate > limit)) return 1;
  const halfWidth = estimate - low;
  if (halfWidth <= 0) return 0;
  const tail = (1 + CONFIDENCE) / 2;
  const distance = (estimate - limit) / halfWidth;
  if (degreesOfFreedom === undefined) {
    return 2 * (1 - normalCdf(distance * normalQuantile(tail, 0, 1), 0, 1));
  }
  const t = distance * studentQuantile(tail, degreesOfFreedom);
  return 2 * (1 - studentCdf(t, degreesOfFreedom));
}
