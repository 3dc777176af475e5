/** A pruning plan in a few words. */
import type { PrunePlan } from './prune-plan.ts';

/** `90% of 105,000 weights in 6 layers are zero`, `2 of every 4 weights in 3 layers are zero`. */
export function describePruning({ pattern, weights, zeros, layers }: PrunePlan): string {
  const where = layers.length === 1 ? '1 layer' : `${layers.length} layers`;
  if (pattern.kind === '2:4') return `2 of every 4 weights in ${where} are zero`;
  const percent = Number(((zeros / weights) * 100).toFixed(1));
  return `${percent}% of ${weights.toLocaleString('en-US')} weights in ${where} are zero`;
}
