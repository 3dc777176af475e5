/** Suggestions for names that do not exist. */
import { closest, distance } from 'fastest-levenshtein';

/** The known name that was probably meant, if any is near enough to be a misspelling. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(name, [...known]);
  const allowed = Math.max(1, Math.floor(Math.max(name.length, nearest.length) / 3));
  return distance(name.toLowerCase(), nearest.toLowerCase()) <= allowed ? nearest : undefined;
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
}
