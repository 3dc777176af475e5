/**
 * Short ASCII strings that were read lately: the names of a graph occur two or three times each,
 * op types and attribute names thousands of times. Sharing them halves the memory of a large graph
 * and saves the decoding.
 */

/** A power of two. Names recur soon after they were first read, so few places are enough. */
const PLACES = 1 << 13;
/** Longer strings are doc strings and the like, which do not recur. */
const MAX_LENGTH = 128;

/** One place for each hash, taken over by the next string that falls there. */
export class StringCache {
  readonly #places: (string | undefined)[] = new Array(PLACES).fill(undefined);
  #place = 0;

  /** The string of these bytes if it is known; else the next {@link keep} takes its place. */
  find(bytes: Uint8Array, start: number, end: number): string | undefined {
    this.#place = -1;
    const length = end - start;
    if (length > MAX_LENGTH) return undefined;
    let hash = length;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte > 127) return undefined;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    this.#place = (hash ^ (hash >>> 15)) & (PLACES - 1);
    const known = this.#places[this.#place];
    if (known === undefined || known.length !== length) return undefined;
    for (let index = 0; index < length; index++)
      if (known.charCodeAt(index) !== bytes[start + index]) return undefined;
    return known;
  }

  /** Remembers the string that {@link find} did not know. */
  keep(text: string): void {
    if (this.#place >= 0) this.#places[this.#place] = text;
  }
}
