/** How far a plan is, by the seconds that its tasks are expected to take. */
import type { PlannedTask, ProgressPort, TaskEnd } from '../progress.ts';

/** A display that only counts. What a task still waits for ends it as failed, so that it counts as not done. */
export class FractionDone implements ProgressPort {
  readonly #seconds = new Map<string, number>();
  readonly #done = new Map<string, boolean>();

  plan(_: string, tasks: readonly PlannedTask[]): void {
    for (const { id, seconds } of tasks)
      this.#seconds.set(id, (this.#seconds.get(id) ?? 0) + seconds);
  }

  start(): void {}

  update(): void {}

  /** A task may have several parts: all of them count. */
  end(id: string, { kind }: TaskEnd): void {
    this.#done.set(id, kind !== 'failed' && (this.#done.get(id) ?? true));
  }

  async close(): Promise<void> {}

  /** 0…1; 0 before there is a plan. */
  get fraction(): number {
    let [done, all] = [0, 0];
    for (const [id, seconds] of this.#seconds) {
      all += seconds;
      if (this.#done.get(id)) done += seconds;
    }
    return all === 0 ? 0 : done / all;
  }
}
