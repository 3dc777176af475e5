import type { RunMachine } from './branches.ts';
import type { MachineDefinition } from './definition.ts';
import { History } from './history.ts';
import type { Json } from './json.ts';
import type { Checkpoint, Runtime } from './runtime.ts';
import { asStatesError, StatesError } from './states-error.ts';

export type ExecutionStatus =
  | 'PENDING'
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'ABORTED';

export interface ExecutionOptions {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly machine: MachineDefinition;
  /** JSON, as it was given. */
  readonly input: string;
  readonly mapRunArn?: string;
}

/** One run of a machine: of its own, or a child of a distributed map. */
export class Execution {
  readonly options: ExecutionOptions;
  readonly history: History;
  status: ExecutionStatus = 'PENDING';
  startDate: number;
  stopDate: number | undefined;
  output: Json | undefined;
  error: StatesError | undefined;
  redriveCount = 0;
  redriveDate: number | undefined;
  readonly #runtime: Runtime;
  readonly #run: RunMachine;
  readonly #checkpoint: Checkpoint;
  #controller = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  constructor(options: ExecutionOptions, runtime: Runtime, run: RunMachine) {
    this.options = options;
    this.#runtime = runtime;
    this.#run = run;
    this.history = new History(runtime.clock.now);
    this.startDate = runtime.clock.now();
    const input: Json = JSON.parse(options.input);
    this.#checkpoint = { state: options.machine.StartAt, input, variables: {} };
  }

  /** Begins to run; the promise resolves when the execution has ended, however it did. */
  start(): Promise<void> {
    this.startDate = this.#runtime.clock.now();
    this.history.add('ExecutionStarted', {
      executionStartedEventDetails: { input: this.options.input },
    });
    return this.#resume();
  }

  /** Goes on from the state that failed, with the input and the variables that it had. */
  redrive(): Promise<void> {
    this.redriveCount++;
    this.redriveDate = this.#runtime.clock.now();
    this.stopDate = undefined;
    this.error = undefined;
    this.#controller = new AbortController();
    this.history.end('ExecutionRedriven', {
      executionRedrivenEventDetails: { redriveCount: String(this.redriveCount) },
    });
    return this.#resume();
  }

  /** Ends a running execution as `ABORTED`; resolves when its states have stopped. */
  async stop(error = '', cause = ''): Promise<void> {
    if (this.status === 'PENDING') this.status = 'ABORTED';
    this.#controller.abort(new Stopped(error, cause));
    await this.#ended;
  }

  /** Resolves when the execution is no longer running. */
  async ended(): Promise<void> {
    await this.#ended;
  }

  #resume(): Promise<void> {
    this.status = 'RUNNING';
    this.#ended = this.#work();
    return this.#ended;
  }

  async #work(): Promise<void> {
    const { machine } = this.options;
    const limit = new AbortController();
    const signal = AbortSignal.any([this.#controller.signal, limit.signal]);
    const stopTimer = this.#armTimeout(machine.TimeoutSeconds, limit);
    try {
      this.output = await this.#run(machine, this.#checkpoint, this.#frame(signal));
      this.#end('SUCCEEDED', 'ExecutionSucceeded', { output: JSON.stringify(this.output) });
    } catch (thrown) {
      this.error = thrown instanceof Stopped ? thrown.asError() : asStatesError(thrown);
      const details = { error: this.error.error, cause: this.error.causeText };
      if (thrown instanceof Stopped) this.#end('ABORTED', 'ExecutionAborted', details);
      else if (limit.signal.aborted) this.#end('TIMED_OUT', 'ExecutionTimedOut', details);
      else this.#end('FAILED', 'ExecutionFailed', details);
    } finally {
      stopTimer();
    }
  }

  #armTimeout(seconds: number | undefined, limit: AbortController): () => void {
    if (seconds === undefined) return () => undefined;
    const done = new AbortController();
    this.#runtime.clock.delay(seconds, 'timeout', done.signal).then(
      () => limit.abort(new StatesError('States.Timeout', `Ran for ${seconds} seconds.`)),
      () => undefined,
    );
    return () => done.abort();
  }

  #frame(signal: AbortSignal) {
    const { arn, name, machineArn, machineName } = this.options;
    const { startDate, redriveCount } = this;
    const input: Json = JSON.parse(this.options.input);
    return {
      runtime: this.#runtime,
      execution: { arn, name, input, startDate, redriveCount, machineArn, machineName },
      history: this.history,
      signal,
      outerVariables: {},
    };
  }

  #end(status: ExecutionStatus, type: string, details: Readonly<Record<string, string>>): void {
    this.status = status;
    this.stopDate = this.#runtime.clock.now();
    const key = `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
    this.history.end(type, { [key]: details });
  }
}

/** Why a stopped execution ends: no retrier and no catcher sees it, for the signal is aborted. */
class Stopped extends Error {
  readonly #error: string;
  readonly #cause: string;

  constructor(error: string, cause: string) {
    super('stopped');
    this.#error = error;
    this.#cause = cause;
  }

  asError(): StatesError {
    return new StatesError(this.#error, this.#cause);
  }
}
