/** The accuracy guard: the worst nodes go back to float, worst first, until the whole is right again. */
import type { Deadline } from './deadline.ts';
import type { Score } from './referee.ts';
import type { NodeDamage } from './sensitivity.ts';

/** How many of the worst nodes are kept, in the order tried; never more than half of all. */
const KEPT = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32] as const;
/** Steps without gain after which more nodes in float are not worth their size and time. */
const PATIENCE = 3;
/** The same where nothing is decided and the damage alone, which falls slowly, tells. */
const LONG_PATIENCE = 6;
/** Share of decisions that must be won before a larger float part counts as better: below, it is chance. */
const MIN_GAIN = 0.001;
/** All decisions agree and outputs differ by less than this: nothing is left to win. */
export const NEGLIGIBLE_DAMAGE = 5e-3;
/** Where nothing is decided: an error of 4.5 % of the outputs' size. */
const NEGLIGIBLE_ERROR = 2e-3;

export interface Guarded {
  /** The nodes to keep in float32, worst first. */
  readonly kept: readonly NodeDamage[];
  readonly score: Score;
  /** Why no more are kept. */
  readonly reason: 'agrees' | 'non-inferior' | 'no further gain' | 'out of time';
}

/**
 * `measure` scores the variant that keeps these nodes on the selection samples. The joint model is measured
 * after each step, as damages of single nodes do not add up.
 */
export async function guardAccuracy(
  ranked: readonly NodeDamage[],
  measure: (kept: readonly NodeDamage[]) => Promise<Score>,
  deadline: Deadline,
): Promise<Guarded> {
  let best: Guarded | undefined;
  let since = 0;
  for (const count of KEPT) {
    if (count > Math.floor(ranked.length / 2)) break;
    if (best && deadline.isOver) return { ...best, reason: 'out of time' };
    const kept = ranked.slice(0, count);
    const score = await measure(kept);
    if (score.verdict?.isNonInferior) return { kept, score, reason: 'non-inferior' };
    if (
      score.agreement === 1 &&
      score.damage < (score.decides ? NEGLIGIBLE_DAMAGE : NEGLIGIBLE_ERROR)
    )
      return { kept, score, reason: 'agrees' };
    if (!best || isBetter(score, best.score)) {
      best = { kept, score, reason: 'no further gain' };
      since = 0;
    } else if (++since >= (score.decides ? PATIENCE : LONG_PATIENCE)) break;
  }
  return best ?? { kept: [], score: await measure([]), reason: 'no further gain' };
}

function isBetter(score: Score, best: Score): boolean {
  const difference = (score.verdict?.difference ?? 0) - (best.verdict?.difference ?? 0);
  if (difference !== 0) return difference > 0;
  if (Math.abs(score.agreement - best.agreement) >= MIN_GAIN)
    return score.agreement > best.agreement;
  return score.damage < best.damage * (score.decides ? 0.5 : 0.9);
}
