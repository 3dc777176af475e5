/**
 * Where steps run: a port. Locally in a child process ({@link ChildExecutor}), in AWS in functions, of which
 * the executor only knows what they have given ({@link KnownExecutor}).
 */
import type { Machine } from '../runtime/machine.ts';
import type { Progress, Step, StepOutcome } from './step.ts';

export interface ExecuteOptions {
  /** Made afresh even when the store has it. */
  readonly fresh?: boolean;
  /** Where it has to run, where there are several machines; else on any. Not part of the key. */
  readonly on?: Machine;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Executor {
  /**
   * Runs the step, or answers from the store. Throws what the step threw; {@link LimitError} when
   * it took too long or too much memory and was killed.
   */
  execute<I, O>(step: Step<I, O>, input: I, options?: ExecuteOptions): Promise<StepOutcome<O>>;
  /** Ends every child. */
  close(): Promise<void>;
}
