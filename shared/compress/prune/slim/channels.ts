/**
 * Channels that must go together: each position of an axis has a number, and numbers are joined where an
 * operator ties positions of several axes to each other (union by path halving).
 */

/** The channel at each position of an axis; one channel may be at several. */
export type Labels = Int32Array;

/** The channels of one model. */
export class Channels {
  #parents = new Int32Array(1024);
  #count = 0;
  readonly #reasons = new Map<number, string>();

  /** How many numbers were given. */
  get count(): number {
    return this.#count;
  }

  /** That many new ones. */
  fresh(count: number): Labels {
    const first = this.#count;
    this.#count += count;
    if (this.#count > this.#parents.length) {
      const larger = new Int32Array(2 * this.#count);
      larger.set(this.#parents);
      this.#parents = larger;
    }
    const labels = new Int32Array(count);
    for (let at = 0; at < count; at++) {
      labels[at] = first + at;
      this.#parents[first + at] = first + at;
    }
    return labels;
  }

  /** The one that stands for all that were joined with it. */
  find(channel: number): number {
    let at = channel;
    for (;;) {
      const parent = this.#parents[at] ?? at;
      if (parent === at) return at;
      const next = this.#parents[parent] ?? parent;
      this.#parents[at] = next;
      at = next;
    }
  }

  /** Makes one of two; the reason of either holds for both. */
  join(a: number, b: number): void {
    const [low, high] = [this.find(a), this.find(b)].sort((x, y) => x - y) as [number, number];
    if (low === high) return;
    // The older one stands for both, so that numbers do not depend on the order of joins.
    this.#parents[high] = low;
    const reason = this.#reasons.get(low) ?? this.#reasons.get(high);
    this.#reasons.delete(high);
    if (reason !== undefined) this.#reasons.set(low, reason);
  }

  /** Position by position; of equal length. */
  joinAll(a: Labels, b: Labels): void {
    for (let at = 0; at < a.length; at++) this.join(a[at] as number, b[at] as number);
  }

  /** Says why a channel cannot go; the first reason stays. */
  keep(channel: number, reason: string): void {
    const root = this.find(channel);
    if (!this.#reasons.has(root)) this.#reasons.set(root, reason);
  }

  keepAll(labels: Labels, reason: string): void {
    for (const channel of labels) this.keep(channel, reason);
  }

  /** Why it cannot go; `undefined` when it can. */
  reasonOf(channel: number): string | undefined {
    return this.#reasons.get(this.find(channel));
  }
}
