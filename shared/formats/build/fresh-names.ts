/** Names of which none is given twice. */
export class FreshNames {
  readonly #taken: Set<string>;
  /** From where to look for a free number behind a wish: thousands of nodes may want the same name. */
  readonly #counts: Map<string, number>;

  /** With a name taken where `other` has it. */
  constructor(other?: FreshNames) {
    this.#taken = new Set(other ? other.#taken : []);
    this.#counts = new Map(other ? other.#counts : []);
  }

  has(name: string): boolean {
    return this.#taken.has(name);
  }

  /** Keeps the name from being given. */
  take(name: string): void {
    this.#taken.add(name);
  }

  /** A name that is not taken, as near to `wish` as possible; taken from now on. */
  fresh(wish: string): string {
    let name = wish;
    let count = this.#counts.get(wish) ?? 1;
    while (this.#taken.has(name)) name = `${wish}_${count++}`;
    if (name !== wish) this.#counts.set(wish, count);
    this.#taken.add(name);
    return name;
  }
}
