/** What a person sees while work goes on: a port. The command line shows it live or as plain lines. */
import type { Progress } from './step.ts';

export interface PlannedTask {
  readonly id: string;
  /** For people: "int8: calibrate and quantize". */
  readonly title: string;
  /** Expected seconds. */
  readonly seconds: number;
}

export type TaskEnd =
  | { readonly kind: 'done'; readonly note?: string }
  /** The store had the answer. */
  | { readonly kind: 'cached' }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

export interface ProgressPort {
  /** What is going to happen, in order; called once for each model, before anything starts. */
  plan(model: string, tasks: readonly PlannedTask[]): void;
  start(id: string): void;
  update(id: string, progress: Progress): void;
  /** Nothing of it runs for a while; it is started again before it ends. */
  pause?(id: string): void;
  end(id: string, end: TaskEnd): void;
  /** All is over, however it went: the display is left as it stands. */
  close(): Promise<void>;
}

/** Steps by where their results came from. */
export interface StepCounts {
  run: number;
  known: number;
}

/** The same display, with each end counted in `counts`. */
export function countingProgress(port: ProgressPort, counts: StepCounts): ProgressPort {
  return {
    plan: (model, tasks) => port.plan(model, tasks),
    start: (id) => port.start(id),
    update: (id, progress) => port.update(id, progress),
    pause: (id) => port.pause?.(id),
    end: (id, end) => {
      if (end.kind === 'cached') counts.known++;
      else if (end.kind !== 'skipped') counts.run++;
      port.end(id, end);
    },
    close: () => port.close(),
  };
}

/** Shows nothing. */
export const silentProgress: ProgressPort = {
  plan: () => {},
  start: () => {},
  update: () => {},
  end: () => {},
  close: async () => {},
};
