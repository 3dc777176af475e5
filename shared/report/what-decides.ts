/** What would turn an inconclusive comparison into a decision: more samples, more runs, another machine. */

import { parseBudget } from './budgets.ts';
import { compareLatencyWithBase, compareWithBudget } from './comparison.ts';
import { formatCount } from './numbers.ts';
import type { Gate, VariantRow } from './schema.ts';

/** Beyond so many times the runs the change lies at the limit, and nobody waits for that. */
const MORE_RUNS_MAX = 100;

/** Plain text without a full stop; `undefined` where nothing is known to decide it. */
export function whatDecides(gate: Gate, row: VariantRow): string | undefined {
  if (gate.result === 'not-measured') return row.unmeasured;
  if (gate.result !== 'inconclusive') return undefined;
  if (gate.metric === 'accuracy') return moreSamples(row);
  return gate.metric === 'latency' ? morePairs(gate, row) : undefined;
}

function moreSamples({ accuracy }: VariantRow): string | undefined {
  if (accuracy?.neededSamples === undefined) return undefined;
  const { neededSamples, samples } = accuracy;
  return `about ${formatCount(neededSamples)} samples would decide, there are ${formatCount(samples)}`;
}

/** An interval over n pairs is narrower with the root of n: how many bring its end to the limit. */
function morePairs({ metric, budget }: Gate, row: VariantRow): string | undefined {
  const { latency } = row;
  if (latency === undefined) return undefined;
  const comparison =
    budget === undefined
      ? compareLatencyWithBase(latency)
      : compareWithBudget(row, parseBudget(metric, budget), false);
  if (comparison.kind !== 'interval') return undefined;
  const { loss, limit } = comparison;
  const distance = Math.abs(loss.estimate - limit);
  const halfWidth = loss.estimate > limit ? loss.estimate - loss.low : loss.high - loss.estimate;
  const factor = (halfWidth / distance) ** 2;
  if (!(factor <= MORE_RUNS_MAX))
    return 'the change lies so near the limit that no time decides it';
  const needed = Math.ceil(latency.sessions * Math.max(factor, 1)) + 1;
  const pairs = `about ${formatCount(needed)} pairs of sessions would decide`;
  const had = `there were ${formatCount(latency.sessions)}`;
  return `${pairs}, ${had}: more \`seconds\` or a quieter machine`;
}
