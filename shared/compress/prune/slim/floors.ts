/** How many channels have to stay, on every axis. */
import type { Labels } from './channels.ts';
import { freeChannels } from './find-groups.ts';
import type { Trace } from './trace.ts';

/**
 * The share that stays at least, and how many: a layer of one channel passes one number on, which retraining does
 * not mend, and sensitivities are not measured beyond three quarters.
 */
const LEAST_SHARE = 0.1;
const LEAST_COUNT = 2;

/** How many of so many units have to stay. */
export const leastOf = (count: number): number =>
  Math.max(Math.min(LEAST_COUNT, count), Math.ceil(LEAST_SHARE * count));

/** Every axis of every value and constant keeps its least: parts of a split are narrower than what was split. */
export class Floors {
  readonly #axes = new Map<number, { left: number }[]>();

  constructor(trace: Trace) {
    const seen = new Set<Labels>();
    for (const axes of [...trace.values.values(), ...trace.constants.values()]) {
      for (const labels of axes) {
        if (!labels || seen.has(labels)) continue;
        seen.add(labels);
        this.#add(labels, trace);
      }
    }
  }

  /** Whether all of them can go; then they are gone. */
  take(channels: readonly number[]): boolean {
    const counts = new Map<{ left: number }, number>();
    for (const channel of channels)
      for (const axis of this.#axes.get(channel) ?? [])
        counts.set(axis, (counts.get(axis) ?? 0) + 1);
    if ([...counts].some(([axis, count]) => axis.left < count)) return false;
    for (const [axis, count] of counts) axis.left -= count;
    return true;
  }

  #add(labels: Labels, trace: Trace): void {
    const free = freeChannels(labels, trace);
    // Channels that have to stay are enough.
    if (labels.some((label) => trace.channels.reasonOf(label) !== undefined)) return;
    const axis = { left: free.length - leastOf(free.length) };
    for (const channel of free) {
      const known = this.#axes.get(channel);
      if (known) known.push(axis);
      else this.#axes.set(channel, [axis]);
    }
  }
}
