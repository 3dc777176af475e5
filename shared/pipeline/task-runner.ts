/** Runs the steps of one model's job and shows each as a task of the plan. */
import { exitCodeOf } from '../base/errors.ts';
import type { PipelineContext } from './context.ts';
import type { ExecuteOptions, Executor } from './executor.ts';
import { PendingStep } from './pending-step.ts';
import { type PlannedTask, silentProgress } from './progress.ts';
import { isUsersMistake, reasonOf } from './reason.ts';
import type { Progress, Step } from './step.ts';

export interface TaskOptions<O> {
  readonly fresh?: boolean;
  /** Shown behind a task that ended well. */
  readonly note?: (output: O) => string | undefined;
}

/** Of one step among several of a task. */
export interface PartOptions extends Omit<ExecuteOptions, 'onProgress'> {
  /** What the step says of itself, as a part of the task's progress. */
  readonly shown?: (progress: Progress) => Progress;
  /** Told the seconds that it took, now or when it ran. */
  readonly took?: (seconds: number) => void;
}

/** Runs one step of a task. */
export type RunPart = <I, O>(step: Step<I, O>, input: I, options?: PartOptions) => Promise<O>;

/** A value, or why there is none. */
export type Attempt<T> =
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'skipped' | 'failed'; readonly reason: string; readonly code: number };

/** Ties an executor to a display. */
export class TaskRunner {
  readonly #executor: Executor;
  readonly #progress: PipelineContext['progress'];
  /** Tasks of which something ran before they are gone on with. */
  readonly #begun = new Set<string>();

  constructor(executor: Executor, progress: PipelineContext['progress']) {
    this.#executor = executor;
    this.#progress = progress;
  }

  /** Runs a part of a task that is gone on with later, and ended then. */
  async begin(id: string, work: (tasks: TaskRunner) => Promise<void>): Promise<void> {
    let isKnown = true;
    const part = new TaskRunner(this.#executor, {
      ...silentProgress,
      start: () => this.#progress.start(id),
      update: (_, progress) => this.#progress.update(id, progress),
      end: (_, { kind }) => {
        isKnown &&= kind === 'cached';
      },
    });
    try {
      await work(part);
    } finally {
      this.#progress.pause?.(id);
    }
    if (!isKnown) this.#begun.add(id);
  }

  plan(model: string, tasks: readonly PlannedTask[]): void {
    this.#progress.plan(model, tasks);
  }

  /** Runs a step as the task `id`; the task ends with it, well or not. */
  async run<I, O>(
    id: string,
    step: Step<I, O>,
    input: I,
    options: TaskOptions<O> = {},
  ): Promise<O> {
    return this.group(id, async (part) => {
      const output = await part(step, input, options);
      return { output, note: options.note?.(output) };
    });
  }

  /** Several steps as one task. It counts as known when all of them were. */
  async group<T>(
    id: string,
    work: (part: RunPart) => Promise<{ readonly output: T; readonly note?: string | undefined }>,
  ): Promise<T> {
    this.#progress.start(id);
    let ran = this.#begun.delete(id) ? 1 : 0;
    try {
      const { output, note } = await work(async (step, input, { shown, took, ...options } = {}) => {
        const outcome = await this.#executor.execute(step, input, {
          ...options,
          onProgress: (progress) => this.#progress.update(id, shown?.(progress) ?? progress),
        });
        if (!outcome.cached) ran++;
        took?.(outcome.seconds);
        return outcome.output;
      });
      this.#progress.end(
        id,
        ran === 0 ? { kind: 'cached' } : { kind: 'done', ...(note !== undefined && { note }) },
      );
      return output;
    } catch (error) {
      this.#progress.end(id, { kind: 'failed', reason: reasonOf(error) });
      throw error;
    }
  }

  skip(id: string, reason: string): void {
    this.#progress.end(id, { kind: 'skipped', reason });
  }
}

/** The outcome of work that may fail for one variant alone; the user's own mistakes go through, and what is awaited. */
export async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { status: 'done', value: await work() };
  } catch (error) {
    if (error instanceof PendingStep || isUsersMistake(error)) throw error;
    return { status: 'failed', reason: reasonOf(error), code: exitCodeOf(error) };
  }
}
