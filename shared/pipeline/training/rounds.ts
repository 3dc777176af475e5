/** In how many rounds something is taken out: much of a network goes little by little, with training between. */
import { pruningRounds } from '../../compress/prune/schedule.ts';
import type { PlannedRemoval } from '../steps/prune-plan.ts';
import type { Removal } from './recipe.ts';

/** Below this share a network finds back from one round. */
const AT_ONCE_PERCENT = 70;

const ROUNDS = 3;

/** One after another; the last of a removal leaves what was asked for. */
export function roundsOf(removals: readonly Removal[]): PlannedRemoval[] {
  return removals.flatMap((removal): PlannedRemoval[] => {
    if (removal.kind !== 'pruned' || removal.percent < AT_ONCE_PERCENT) return [removal];
    return pruningRounds(removal.percent, ROUNDS).map((percent) => ({ kind: 'pruned', percent }));
  });
}
