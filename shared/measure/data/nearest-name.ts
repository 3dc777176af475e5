/** Suggestions for names that do not exist. */
import { closest, distance } from 'fastest-levenshtein';

/** The known name that was probably meant, if any is near enough to be a misspelling. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(name, [...known]);
  // Two letters exchanged count as two edits, in a name of five too; any short name is near any other.
  const length = Math.max(name.length, nearest.length);
  const allowed = length <= 2 ? 0 : Math.floor(length * 0.4);
  return distance(name.toLowerCase(), nearest.toLowerCase()) <= allowed ? nearest : undefined;
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
}
