/**
 * The executor of a job whose steps run elsewhere: it answers with what is known and runs nothing. What it had
 * to leave open is what to run next.
 */
import type { Digest } from '../../base/brand.ts';
import { DefectError } from '../../base/errors.ts';
import { silentLog } from '../../base/log.ts';
import type { FileWindow } from '../../onnx/file-windows.ts';
import type { Machine } from '../../runtime/machine.ts';
import type { ExecuteOptions, Executor } from '../executor.ts';
import { fromWire, toWire } from '../local/error-wire.ts';
import { PendingStep } from '../pending-step.ts';
import {
  type Estimate,
  keyOf,
  recall,
  runStep,
  type Step,
  type StepOutcome,
  type Tools,
  type Workload,
} from '../step.ts';
import type { Store } from '../store/store.ts';
import type { StepFailure } from './result.ts';

/** A step that somebody has to run. */
export interface OpenStep extends Pick<Step<never, unknown>, 'name' | 'version' | 'needs'> {
  /** What it is expected to take; the step may know its work better than whoever asks. */
  readonly estimate: (work: Workload) => Estimate;
  /** See {@link Step.reads}. */
  readonly reads?: ReadonlyMap<Digest, readonly FileWindow[]>;
  /** Of the step's result, and so of the work: the same work asked for twice is one. */
  readonly key: string;
  readonly input: unknown;
  /** A measurement that is to replace a former one. */
  readonly fresh: boolean;
  /** See {@link ExecuteOptions.on}; of several that ask for the same work, the first says where. */
  readonly on?: Machine;
}

/** What is known of the steps of one execution beside the store, by key. */
export interface KnownResults {
  /** Steps that failed, in this execution: tried again in another one. */
  readonly failed: ReadonlyMap<string, StepFailure>;
  /** Keys of steps that ran in this execution: measurements that are to be fresh are taken from here. */
  readonly fresh: ReadonlySet<string>;
}

/**
 * See above. A step that is not known is thrown as a {@link PendingStep}, and remembered; one that only asks the store
 * is run at once: see {@link Step.inStore}.
 */
export class KnownExecutor implements Executor {
  readonly #store: Store;
  readonly #runtime: string;
  readonly #results: KnownResults;
  readonly #open = new Map<string, OpenStep>();
  readonly #failures: Record<string, StepFailure> = {};

  constructor(store: Store, runtime: string, results: KnownResults) {
    this.#store = store;
    this.#runtime = runtime;
    this.#results = results;
  }

  /** What was asked for and is not known, in the order of the questions. */
  get open(): readonly OpenStep[] {
    return [...this.#open.values()];
  }

  /** What failed in the store itself, by key. */
  get failures(): Readonly<Record<string, StepFailure>> {
    return this.#failures;
  }

  async execute<I, O>(
    step: Step<I, O>,
    input: I,
    { fresh = false, on }: ExecuteOptions = {},
  ): Promise<StepOutcome<O>> {
    const key = keyOf(step, input, this.#runtime);
    const failure = this.#results.failed.get(key);
    if (failure) throw fromWire(failure.error);
    if (!fresh || this.#results.fresh.has(key)) {
      const known = await recall(step, key, this.#store);
      if (known) return { ...known, cached: !this.#results.fresh.has(key) };
    }
    if (step.inStore) return this.#runInStore(key, step, input);
    if (this.#open.has(key)) throw new PendingStep(step.name);
    const { name, version, needs } = step;
    const workload = step.workload?.(input);
    const reads = step.reads?.(input);
    this.#open.set(key, {
      ...{ key, name, version, needs, input, fresh },
      estimate: (work) => step.estimate(workload ?? work),
      ...(reads && { reads }),
      ...(on && { on }),
    });
    throw new PendingStep(step.name);
  }

  /** Nobody else may write to the store. */
  async #runInStore<I, O>(key: string, step: Step<I, O>, input: I): Promise<StepOutcome<O>> {
    const tools: Tools = {
      store: this.#store,
      locate: () => Promise.reject(new DefectError(`${step.name} reads bytes`)),
      tempDir: '',
      log: silentLog,
      progress: () => {},
    };
    try {
      return await runStep(step, input, tools, { runtime: this.#runtime });
    } catch (error) {
      const schema = 'fettle.result/1';
      this.#failures[key] = { schema, key, status: 'failed', error: toWire(error) };
      throw error;
    }
  }

  async close(): Promise<void> {}
}
