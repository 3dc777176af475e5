/**
 * A least half-width for metrics that move in steps.
 *
 * Where hardly any sample differs, resampling hardly ever draws one that does, and its interval closes
 * on nothing: 50 equal answers would prove equality. The count of differing samples has an exact upper
 * bound (Clopper and Pearson); each can move the metric by about its share of the samples.
 */
import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import type { ScoreTable } from '../metrics/metric.ts';

/** From so many differing samples on, the bootstrap sees enough of them by itself. */
const ENOUGH_DIFFERENT = 8;

/**
 * Half-width below which no interval of the difference may fall; 0 where enough samples differ.
 * `samples`: as if the same share had differed among so many.
 */
export function discreteFloor(
  base: ScoreTable,
  variant: ScoreTable,
  confidence: number,
  samples = variant.rows,
): number {
  const { rows, width } = variant;
  let changed = 0;
  for (let row = 0; row < rows; row++) {
    let isSame = true;
    for (let column = 0; column < width && isSame; column++) {
      const at = row * width + column;
      isSame = base.values[at] === variant.values[at];
    }
    changed += Number(!isSame);
  }
  const different = Math.round((changed * samples) / rows);
  if (different >= ENOUGH_DIFFERENT || different === samples) return 0;
  const upper = betaQuantile((1 + confidence) / 2, different + 1, samples - different);
  return upper - different / samples;
}
