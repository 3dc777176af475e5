/** Chooses how much of each group goes, so that the share asked for goes over all at the least damage. */

import type { Group } from './find-groups.ts';
import { Floors, leastOf } from './floors.ts';
import { lowestFirst, type Sensitivity } from './sensitivity.ts';
import type { Trace } from './trace.ts';

/** What is known of a group when it is chosen from. */
export interface Candidate {
  readonly group: Group;
  readonly scores: readonly number[];
  /** Without it, all groups lose the same share. */
  readonly sensitivity: Sensitivity | undefined;
}

/** Of each group, the units that go. */
export type Choice = readonly (readonly number[])[];

/**
 * How far a group's share may be from the one asked for, towards none and towards all. What a group alone does at
 * once is not what it does with the others after retraining, so sensitivities move shares, and do not set them. Less
 * far down: the first layers are the most sensitive ones, and most of the work.
 */
const SPREAD_DOWN = 0.3;
const SPREAD_UP = 0.5;

/**
 * Kernels work on 8 (AVX2) or 16 (AVX-512) channels at once: 20, 24 and 28 of a depthwise convolution take the time
 * of 32, 16 takes two thirds of it. Narrow layers have too few for such steps.
 */
export const stepOf = (count: number): number =>
  count >= 64 ? 16 : count >= 32 ? 8 : count >= 8 ? 4 : 1;

/** `share`: of all channels, 0 to 1. */
export function chooseChannels(
  trace: Trace,
  candidates: readonly Candidate[],
  share: number,
): Choice {
  const floors = new Floors(trace);
  const queues = candidates.map((candidate) => stepsOf(candidate, share));
  const total = candidates
    .flatMap(({ group }) => group.units)
    .reduce((sum, { width }) => sum + width, 0);
  const removed = candidates.map((): number[] => []);
  let left = share * total;
  for (;;) {
    const next = cheapest(queues);
    if (next === undefined) break;
    const step = queues[next]?.shift();
    // The last step may take more than is left, by no more than it would leave too little.
    if (!step || left < step.width / 2) break;
    if (!floors.take(step.channels)) {
      queues[next] = [];
      continue;
    }
    removed[next]?.push(...step.units);
    left -= step.width;
  }
  return removed.map((units) => units.toSorted((a, b) => a - b));
}

/** Units of one group that go together, so that a good number stays. */
interface Step {
  readonly units: readonly number[];
  readonly channels: readonly number[];
  readonly width: number;
  /** Damage for each channel. */
  readonly price: number;
}

/** In the order in which they go. */
function stepsOf({ group, scores, sensitivity }: Candidate, share: number): Step[] {
  const { units } = group;
  const order = lowestFirst(scores);
  const prices = sensitivity ? pricesOf(order, scores, sensitivity) : undefined;
  const [low, high] = [share * (1 - SPREAD_DOWN), share + (1 - share) * SPREAD_UP];
  const most = Math.min(units.length - leastOf(units.length), Math.round(high * units.length));
  const size = stepOf(units.length);
  const steps: Step[] = [];
  let price = 0;
  for (let from = 0, to = 0; from < most; from = to) {
    // What stays is a multiple of the size.
    to = units.length - Math.floor((units.length - from - 1) / size) * size;
    if (to > most) break;
    const taken = order.slice(from, to);
    const width = taken.reduce((sum, at) => sum + (units[at]?.width ?? 0), 0);
    const own = taken.reduce((sum, at) => sum + (prices?.[at] ?? 0), 0) / width;
    // Never cheaper than what went before: it cannot go without that.
    price = Math.max(price, own);
    steps.push({
      units: taken,
      channels: taken.flatMap((at) => units[at]?.channel ?? []),
      width,
      price: to <= low * units.length ? -1 : prices ? price : to / units.length,
    });
  }
  return steps;
}

/** More damage than this says nothing more: the outputs have nothing to do with the model's. */
const MOST_DAMAGE = 1;

/** The damage of each unit: that of its stretch between two measured shares, by scores. */
function pricesOf(
  order: readonly number[],
  scores: readonly number[],
  sensitivity: Sensitivity,
): readonly number[] {
  const prices = new Array<number>(order.length).fill(0);
  let [from, before] = [0, 0];
  const capped = sensitivity.map(({ share, damage }) => ({
    share,
    damage: Math.min(MOST_DAMAGE, damage),
  }));
  for (const { share, damage } of [...capped, beyond(capped)]) {
    const to = Math.round(share * order.length);
    const stretch = order.slice(from, to);
    const sum = stretch.reduce((all, at) => all + (scores[at] ?? 0), 0);
    for (const at of stretch)
      prices[at] =
        Math.max(0, damage - before) * (sum > 0 ? (scores[at] ?? 0) / sum : 1 / stretch.length);
    [from, before] = [to, Math.max(before, damage)];
  }
  return prices;
}

/** All of the group: as much again as all that was measured. */
const beyond = (sensitivity: Sensitivity): Sensitivity[number] => ({
  share: 1,
  damage: 2 * Math.max(0, ...sensitivity.map(({ damage }) => damage)),
});

function cheapest(queues: readonly (readonly Step[])[]): number | undefined {
  let best: number | undefined;
  let price = Number.POSITIVE_INFINITY;
  queues.forEach(([step], at) => {
    if (step && step.price < price) [best, price] = [at, step.price];
  });
  return best;
}
