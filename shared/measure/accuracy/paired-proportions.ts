/**
 * The difference of two proportions on the same samples: interval and test from the discordant pairs.
 *
 * The interval is Tango's score interval (Statistics in Medicine 17, 1998), widened to hold 0 wherever
 * the exact McNemar test does not reject: so that a variant is called better or worse only where the
 * exact test says so. Of the intervals that are in use it keeps its level at small counts, where the
 * exact conditional one (Clopper and Pearson on the discordant pairs) is [0, 0] without any discordant
 * pair, Wald's too: both would call 20 equal answers proof. The tests compute its coverage.
 */
import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Halvings of [−1, 1]: below the spacing of doubles. */
const BISECTIONS = 60;

/**
 * Interval of (rate of the variant − rate of the base). `wins`: samples that only the variant has
 * right; `losses`: only the base; `samples`: all of them, at least 1.
 */
export function pairedDifferenceInterval(
  wins: number,
  losses: number,
  samples: number,
  confidence: number,
): Interval {
  const z = normalQuantile((1 + confidence) / 2, 0, 1);
  const estimate = (wins - losses) / samples;
  const score = (difference: number): number => tangoScore(wins, losses, samples, difference);
  // The score falls from +∞ to −∞ as the difference grows, through 0 at the estimate.
  const low = crossing((difference) => score(difference) > z, -1, estimate);
  const high = crossing((difference) => score(difference) >= -z, estimate, 1);
  if (mcnemarPValue(wins, losses) < 1 - confidence) return { low, high };
  return { low: Math.min(low, 0), high: Math.max(high, 0) };
}

/** Two-sided exact McNemar test: how probable is a split at least as uneven if both are equally good. */
export function mcnemarPValue(wins: number, losses: number): number {
  const discordant = wins + losses;
  if (discordant === 0) return 1;
  return Math.min(1, 2 * binomialCdf(Math.min(wins, losses), discordant, 0.5));
}

/** The score statistic of "the difference is `difference`", with its restricted variance. */
function tangoScore(wins: number, losses: number, samples: number, difference: number): number {
  const a = 2 * samples;
  const b = -wins - losses + (2 * samples - wins + losses) * difference;
  const c = -losses * difference * (1 - difference);
  // The rate of losses that fits best among those with this difference.
  const rate = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
  const variance = samples * (2 * rate + difference * (1 - difference));
  const distance = wins - losses - samples * difference;
  if (variance <= 0) return distance === 0 ? 0 : Math.sign(distance) * Number.POSITIVE_INFINITY;
  return distance / Math.sqrt(variance);
}

/** Where `isBelow`, true at `from` and false at `to`, changes. */
function crossing(isBelow: (value: number) => boolean, from: number, to: number): number {
  let low = from;
  let high = to;
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
