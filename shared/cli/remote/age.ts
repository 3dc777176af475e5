/** How long ago something happened, for people. */

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

const formatter = new Intl.RelativeTimeFormat('en');

/** `3 days ago`, `1 minute ago`; of a clock that is ahead of ours `0 seconds ago`. */
export function ageText(then: Date, now: Date): string {
  const seconds = Math.max(0, (now.getTime() - then.getTime()) / 1000);
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? (['second', 1] as const);
  return formatter.format(-Math.floor(seconds / length), unit);
}
