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
  end(id: string, end: TaskEnd): void;
  /** All is over, however it went: the display is left as it stands. */
  close(): Promise<void>;
}

/** Shows nothing. */
export const silentProgress: ProgressPort = {
  plan: () => {},
  start: () => {},
  update: () => {},
  end: () => {},
  close: async () => {},
};
