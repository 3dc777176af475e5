/** Passes over samples as far as the time goes, and what they say of the time that a sample takes. */
import type { NamedTensors } from '../../../base/tensor.ts';
import type { SampleSource } from '../int8/context.ts';
import type { Deadline } from '../int8/search/deadline.ts';

/** Samples that variants are compared on: their damage is told by few. */
const COMPARED = { least: 8, most: 128 } as const;

/** Reads a source again and again, until the time is over. */
export class Passes {
  readonly #source: SampleSource;
  readonly #deadline: Deadline;
  readonly #now: () => number;
  #samples = 0;
  #secondsEach = 0;

  constructor(
    source: SampleSource,
    deadline: Deadline,
    now: () => number = () => performance.now() / 1000,
  ) {
    this.#source = source;
    this.#deadline = deadline;
    this.#now = now;
  }

  /** Of each pass. */
  get samples(): number {
    return this.#samples;
  }

  /**
   * One pass. The first ends when the time is over, after a sample at least; others take as many samples as it did, and none
   * when the time is over before they begin.
   */
  async *next(): AsyncIterableIterator<NamedTensors> {
    const start = this.#now();
    const isFirst = this.#samples === 0;
    if (!isFirst && this.#deadline.isOver) return;
    const count = isFirst ? this.#source.length : this.#samples;
    for (let index = 0; index < count; index++) {
      if (isFirst && index > 0 && this.#deadline.isOver) return;
      yield await this.#source.sample(index);
      this.#samples = Math.max(this.#samples, index + 1);
      this.#secondsEach = Math.max(this.#secondsEach, (this.#now() - start) / (index + 1));
    }
  }

  /** How many samples as many `runs` can take until then. */
  affordable(runs: number, deadline: Deadline): number {
    if (this.#secondsEach === 0) return COMPARED.most;
    const count = Math.floor(deadline.left / (runs * this.#secondsEach));
    return Math.min(COMPARED.most, Math.max(COMPARED.least, count));
  }
}
