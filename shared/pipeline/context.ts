/** What a run of the pipeline needs from outside: store, processes, machine, display. */
import type { Log } from '../base/log.ts';
import type { Machine } from '../runtime/machine.ts';
import type { Sources } from './data-refs.ts';
import type { Executor } from './executor.ts';
import type { PartsPolicy } from './parts.ts';
import type { ProgressPort } from './progress.ts';
import type { Store } from './store/store.ts';
import type { Together } from './together.ts';

export interface PipelineContext {
  readonly store: Store;
  readonly log: Log;
  readonly progress: ProgressPort;
  readonly machine: Machine;
  /** Where hardware is measured that `machine` is not, where there are several. */
  readonly otherMachines?: readonly Machine[];
  /** For example `onnxruntime-node 1.30.0`: part of the key of every step that runs a model. */
  readonly runtime: string;
  /** An executor for one model's job: with its files, its deadline and its memory limit. */
  readonly openExecutor: (options: ExecutorNeeds) => Executor;
  /** How independent steps run: one after another, or at once. */
  readonly together: Together;
  /** Milliseconds, for what `auto` may take. */
  readonly now: () => number;
  /** Measures latency and memory afresh. */
  readonly remeasure: boolean;
  readonly protocol: 'full' | 'short';
  /** How large models are made by several machines; one machine makes them as a whole, which takes it no more memory. */
  readonly parts?: PartsPolicy;
  /** Whether latencies are measured at all: where thousands of models are made at once, nobody may wait for them. */
  readonly measuresLatency: boolean;
}

export interface ExecutorNeeds {
  /** Read when a step runs: files may be added until then. */
  readonly sources: Sources;
  /** In seconds from now, for all steps together. */
  readonly timeout?: number | undefined;
  readonly memoryBytes?: number | undefined;
}
