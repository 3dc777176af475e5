/**
 * What short byte sequences were decoded to lately. In a graph, names occur two or three times each,
 * op types and attributes thousands of times: sharing their (immutable) values halves the memory of
 * a large graph and the time to read it.
 */

/** Names recur soon after they were first read, so few places are enough; a power of two. */
const MOST_PLACES = 1 << 12;
const FEWEST_PLACES = 1 << 5;
/** Longer sequences are doc strings and the like, which do not recur. */
const MAX_KEY = 96;

/** One place for each hash, taken over by the next sequence that falls there. */
export class ByteCache<T> {
  readonly #places: number;
  /** Made when the first sequence is kept: many parts of a file have none. */
  #keys = new Uint8Array();
  #lengths = new Uint8Array();
  #values: (T | undefined)[] = [];

  /** For sequences out of a source of `size` bytes: small models are read often, and need few places. */
  constructor(size: number) {
    let places = FEWEST_PLACES;
    while (places < MOST_PLACES && places * 64 < size) places *= 2;
    this.#places = places;
  }

  /** The place of the bytes from `start` to `end`; −1 for those that are not kept. */
  placeOf(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > MAX_KEY) return -1;
    let hash = end - start;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    return (hash ^ (hash >>> 13)) & (this.#places - 1);
  }

  /** What the bytes were decoded to, if they were the last at their place. */
  find(place: number, bytes: Uint8Array, start: number, end: number): T | undefined {
    if (place < 0 || this.#lengths[place] !== end - start) return undefined;
    const key = place * MAX_KEY - start;
    for (let at = start; at < end; at++) if (this.#keys[key + at] !== bytes[at]) return undefined;
    return this.#values[place];
  }

  keep(place: number, bytes: Uint8Array, start: number, end: number, value: T): void {
    if (place < 0) return;
    if (this.#lengths.length === 0) {
      this.#keys = new Uint8Array(this.#places * MAX_KEY);
      this.#lengths = new Uint8Array(this.#places);
      this.#values = new Array(this.#places).fill(undefined);
    }
    this.#keys.set(bytes.subarray(start, end), place * MAX_KEY);
    this.#lengths[place] = end - start;
    this.#values[place] = value;
  }
}
