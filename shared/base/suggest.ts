/** "Did you mean …?" for names that nobody knows. */
import { closest, distance } from 'fastest-levenshtein';

/** A hint with the nearest known word, when one is near, and all of them. */
export function suggest(word: string, known: readonly string[]): string {
  const all = `Known: ${known.join(', ')}.`;
  if (known.length === 0) return all;
  const nearest = closest(word, known);
  // A third of the letters may be wrong, and two swapped ones in any word that is not tiny.
  const tolerated = Math.max(word.length > 3 ? 2 : 1, Math.floor(word.length / 3));
  return distance(word, nearest) <= tolerated ? `Did you mean "${nearest}"? ${all}` : all;
}
