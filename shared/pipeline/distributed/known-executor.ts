/**
 * The executor of a job whose steps run elsewhere: it answers with what is known and runs nothing. What it had
 * to leave open is what to run next.
 */
import type { ExecuteOptions, Executor } from '../executor.ts';
import { fromWire } from '../local/error-wire.ts';
import { PendingStep } from '../pending-step.ts';
import { keyOf, recall, type Step, type StepOutcome } from '../step.ts';
import type { Store } from '../store/store.ts';
import type { StepFailure } from './result.ts';

/** A step that somebody has to run. */
export interface OpenStep
  extends Pick<Step<never, unknown>, 'name' | 'version' | 'needs' | 'estimate'> {
  /** Of the step's result, and so of the work: the same work asked for twice is one. */
  readonly key: string;
  readonly input: unknown;
  /** A measurement that is to replace a former one. */
  readonly fresh: boolean;
}

/** What is known of the steps of one execution beside the store, by key. */
export interface KnownResults {
  /** Steps that failed, in this execution: tried again in another one. */
  readonly failed: ReadonlyMap<string, StepFailure>;
  /** Keys of steps that ran in this execution: measurements that are to be fresh are taken from here. */
  readonly fresh: ReadonlySet<string>;
}

export class KnownExecutor implements Executor {
  readonly #store: Store;
  readonly #runtime: string;
  readonly #results: KnownResults;
  readonly #open = new Map<string, OpenStep>();

  constructor(store: Store, runtime: string, results: KnownResults) {
    this.#store = store;
    this.#runtime = runtime;
    this.#results = results;
  }

  /** What was asked for and is not known, in the order of the questions. */
  get open(): readonly OpenStep[] {
    return [...this.#open.values()];
  }

  async execute<I, O>(
    step: Step<I, O>,
    input: I,
    { fresh = false }: ExecuteOptions = {},
  ): Promise<StepOutcome<O>> {
    const key = keyOf(step, input, this.#runtime);
    const failure = this.#results.failed.get(key);
    if (failure) throw fromWire(failure.error);
    if (!fresh || this.#results.fresh.has(key)) {
      const known = await recall(step, key, this.#store);
      if (known) return { ...known, cached: !this.#results.fresh.has(key) };
    }
    const { name, version, needs, estimate } = step;
    this.#open.set(key, { key, name, version, needs, estimate, input, fresh });
    throw new PendingStep(step.name);
  }

  async close(): Promise<void> {}
}
