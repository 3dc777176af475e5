/** Executions of a state machine: what the inbox side needs of it. The adapter is `functions/adapters/step-functions.ts`. */
export interface Executions {
  /**
   * Starts an execution. `exists`: there was one of this name already, running or over; nothing was started. (One that
   * runs with the same input may also be answered with `started`.)
   */
  start(name: string, input: unknown): Promise<'started' | 'exists'>;
  /** Whether there is one of this name that is not over. */
  isRunning(name: string): Promise<boolean>;
  /** How many run, counted no further than `upTo`. */
  countRunning(upTo: number): Promise<number>;
}

/** Places for jobs, so that no more than `maxJobs` run. Others count at the same time: a few more may. */
export class Slots {
  readonly #executions: Executions;
  readonly #maxJobs: number;
  #free: Promise<number> | undefined;
  #taken = 0;

  constructor(executions: Executions, maxJobs: number) {
    this.#executions = executions;
    this.#maxJobs = maxJobs;
  }

  /** Whether there was one. They are counted when the first is asked for. */
  async take(): Promise<boolean> {
    this.#free ??= this.#executions
      .countRunning(this.#maxJobs)
      .then((running) => this.#maxJobs - running);
    const free = await this.#free;
    if (this.#taken >= free) return false;
    this.#taken++;
    return true;
  }

  /** One that was taken and is not needed. */
  release(): void {
    this.#taken--;
  }
}
