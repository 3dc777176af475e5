/** How long `auto` may take for what it adds to the variants asked for, and what it has taken. */

/** Why a candidate was not made, or not scored. */
export const NO_TIME = 'no time left for auto';

/** A stopwatch over several pieces of work, with a limit. What has begun is never stopped. */
export class AutoBudget {
  readonly #seconds: number;
  readonly #now: () => number;
  #spentMs = 0;
  #running = 0;
  #startedAt = 0;

  constructor(seconds: number, now: () => number = () => performance.now()) {
    this.#seconds = seconds;
    this.#now = now;
  }

  /** Seconds, those of work that still runs included. */
  get spent(): number {
    const running = this.#running === 0 ? 0 : this.#now() - this.#startedAt;
    return (this.#spentMs + running) / 1000;
  }

  /** Whether work may begin that is expected to take so many seconds. */
  allows(seconds = 0): boolean {
    return this.spent + seconds < this.#seconds;
  }

  /** Does the work and counts its time, also when it fails; works beside each other count once. */
  async spend<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running++ === 0) this.#startedAt = this.#now();
    try {
      return await work();
    } finally {
      if (--this.#running === 0) this.#spentMs += this.#now() - this.#startedAt;
    }
  }
}
