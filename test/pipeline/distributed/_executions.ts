/** A machine whose executions the test ends by hand. */
import type { Executions } from '../../../shared/pipeline/distributed/executions.ts';

export class TestExecutions implements Executions {
  readonly started: { readonly name: string; readonly input: unknown }[] = [];
  readonly #running = new Set<string>();
  counts = 0;

  async start(name: string, input: unknown): Promise<'started' | 'exists'> {
    if (this.started.some((one) => one.name === name)) return 'exists';
    this.started.push({ name, input });
    this.#running.add(name);
    return 'started';
  }

  async isRunning(name: string): Promise<boolean> {
    return this.#running.has(name);
  }

  async countRunning(upTo: number): Promise<number> {
    this.counts++;
    return Math.min(upTo, this.#running.size);
  }

  /** All that run are over. */
  finish(): void {
    this.#running.clear();
  }

  /** Names of the models that were started, in that order. */
  get models(): string[] {
    return this.started.map(({ input }) =>
      typeof input === 'object' && input && 'name' in input ? String(input.name) : '?',
    );
  }
}
