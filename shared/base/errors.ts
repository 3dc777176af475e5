/**
 * Every error a user can meet. The class says who must act, and with it the exit code.
 *
 * A message is one short paragraph: what was wrong, where (file, line, node or layer), what to do.
 */

/** Of a command that ended by itself; a signal ends the process with 128 and its number (`cli/signals.ts`). */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 70;

export interface ErrorDetails {
  /** What the user can do about it, one sentence. */
  readonly hint?: string;
  /** File, line, node or layer at fault. */
  readonly where?: string;
  readonly cause?: unknown;
}

/** The base of all errors that Fettle throws on purpose. */
export abstract class FettleError extends Error {
  abstract readonly exitCode: ExitCode;
  /** Whether the same call can succeed later with nothing changed. */
  readonly retryable: boolean = false;
  readonly hint: string | undefined;
  where: string | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.hint = details.hint;
    this.where = details.where;
  }

  /** Says which file or folder is at fault, where the error does not say so already. */
  in(file: string): this {
    if (!this.message.includes(file)) this.where ??= file;
    return this;
  }
}

/** The user's input is wrong: usage, configuration, model or data. They must change it. */
export class InputError extends FettleError {
  readonly exitCode = 2;
}

/** The input is a model that breaks its format's rules: truncated, inconsistent or hostile. */
export class ModelError extends InputError {}

/** Understood, but Fettle or this installation cannot do it: an op, a format feature, an engine. */
export class UnsupportedError extends FettleError {
  readonly exitCode = 3;
}

/** A named limit was hit: time-out, memory, disk full. The user can raise it or give less. */
export class LimitError extends FettleError {
  readonly exitCode = 4;
}

/** Of these limits time: what ran was stopped, and nothing says whether it would ever have ended. */
export class TimeLimitError extends LimitError {}

/** A tool that Fettle runs (onnxruntime, an image decoder) failed on input that looked right. */
export class ToolError extends FettleError {
  readonly exitCode = 3;
}

/** Fettle itself is wrong: an invariant of ours does not hold. To be reported, never the user's fault. */
export class DefectError extends FettleError {
  readonly exitCode = 70;
}

/** Exit code for anything thrown; what is not a {@link FettleError} is a defect. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof FettleError ? error.exitCode : 70;
}
