/** "Did you mean …?" for names that nobody knows. */
import { distance } from 'fastest-levenshtein';

/** A hint with the nearest known word, when one is near, and all of them. */
export function suggest(word: string, known: readonly string[]): string {
  const all = `Known: ${known.join(', ')}.`;
  const nearest = nearestName(word, known);
  return nearest === undefined ? all : `Did you mean "${nearest}"? ${all}`;
}

/** The known name that was probably meant, if any is near enough to be a misspelling. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const candidates = known.map((other) => ({
    other,
    edits: distance(name.toLowerCase(), other.toLowerCase()),
    // Two letters exchanged leave the length: more likely than two other edits.
    longer: Math.abs(name.length - other.length),
  }));
  const [nearest] = candidates.sort((a, b) => a.edits - b.edits || a.longer - b.longer);
  if (nearest === undefined) return undefined;
  // Exchanged letters count as two edits, in a name of five too; any short name is near any other.
  const length = Math.max(name.length, nearest.other.length);
  const allowed = length <= 2 ? 0 : Math.max(1, Math.floor(length * 0.4));
  return nearest.edits <= allowed ? nearest.other : undefined;
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
}
