/** How long a run took, and how much of it was no work because the store knew the answer. */
import { formatDuration } from './numbers.ts';
import type { Report } from './schema.ts';

/** `12.3 s`; `12.3 s, 5 of 14 steps known from before`; `0.20 s, everything known from before`. */
export function durationText({ seconds, steps }: Pick<Report, 'seconds' | 'steps'>): string {
  const time = formatDuration(seconds);
  if (steps === undefined || steps.known === 0) return time;
  if (steps.run === 0) return `${time}, everything known from before`;
  return `${time}, ${steps.known} of ${steps.known + steps.run} steps known from before`;
}
