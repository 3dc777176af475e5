/**
 * A step: a pure function from digests to digests, named, versioned and kept in the store.
 *
 * Cache, retry, resume, de-duplication and "again only what changed" are this one mechanism.
 */
import type { z } from 'zod';
import type { Digest } from '../base/brand.ts';
import { digestJson, hexOf } from '../base/digest.ts';
import { DefectError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { FileWindow } from '../onnx/file-windows.ts';
import type { StepRecord, Store } from './store/store.ts';

/** What is known of a step's work while there is only a plan. */
export interface Workload {
  /** Of the model that it works on. */
  readonly bytes: number;
  /** How many models of that size it works on one after another, or side by side; 1 by default. */
  readonly models?: number;
  readonly variant?: string;
  /** How many samples it sees. */
  readonly samples?: number;
  readonly protocol?: 'full' | 'short';
}

/** What a step expects to take, on two cores of an AVX2 machine: for plans and for the choice of a machine. */
export interface Estimate {
  readonly memoryBytes: number;
  readonly seconds: number;
  /** What lies on its disk at one time, where that may be more than a function has. */
  readonly diskBytes?: number;
}

/** How far a running step is. `fraction` is 0…1 where known. */
export interface Progress {
  readonly fraction?: number;
  readonly detail?: string;
}

/** What a step may use besides its input. Nothing here may change its output. */
export interface Tools {
  readonly store: Store;
  /** A local file or folder with the bytes of this digest: one of the job's sources, or of the store. */
  readonly locate: (digest: Digest) => Promise<string>;
  /** Empty, the step's own, removed after it. */
  readonly tempDir: string;
  readonly log: Log;
  readonly progress: (progress: Progress) => void;
}

export interface Step<Input, Output> {
  readonly name: string;
  /** Raised when the output for the same input could change. `test/pipeline/golden-steps.test.ts` watches. */
  readonly version: number;
  readonly needs: 'cpu' | 'gpu';
  /** Asks the store alone, and reads no bytes: run by whoever may write to the store. */
  readonly inStore?: true;
  /** Whether it executes a model: the runtime's version is then part of the key. */
  readonly runsModel: boolean;
  readonly input: z.ZodType<Input>;
  readonly output: z.ZodType<Output>;
  readonly estimate: (work: Workload) => Estimate;
  /** What an input is to {@link estimate}, where that is not the size of its models. */
  readonly workload?: (input: Input) => Workload;
  /** Of these digests only the ranges are read, which are in order; of others that the input names, everything. */
  readonly reads?: (input: Input) => ReadonlyMap<Digest, readonly FileWindow[]>;
  /** The stored bytes that an output names. */
  readonly blobs: (output: Output) => readonly Digest[];
  readonly run: (input: Input, tools: Tools) => Promise<Output>;
}

/** What a plan asks of a step. */
export type PlannedStep = Pick<Step<never, unknown>, 'name' | 'needs' | 'estimate' | 'inStore'>;

export interface StepOutcome<Output> {
  readonly output: Output;
  /** Whether the store had the answer. */
  readonly cached: boolean;
  /** What it took when it ran, now or then. */
  readonly seconds: number;
}

/** The key of a step's result: SHA-256 (hex) of name, version, runtime and canonical input. */
export function keyOf<I, O>(step: Step<I, O>, input: I, runtime: string): string {
  const { name, version, runsModel } = step;
  return hexOf(digestJson({ name, version, input, ...(runsModel && { runtime }) }));
}

/** The stored result, or `undefined`. */
export async function recall<I, O>(
  step: Step<I, O>,
  key: string,
  store: Store,
): Promise<StepOutcome<O> | undefined> {
  const record = await store.readStep(step.name, key);
  if (!record) return undefined;
  const output = step.output.safeParse(record.output);
  // A record of another shape under the same key was written by a defect: made anew.
  return output.success
    ? { output: output.data, cached: true, seconds: record.seconds }
    : undefined;
}

export interface RunOptions {
  readonly runtime: string;
  /** Runs even when the answer is known and replaces it: measurements made afresh. */
  readonly fresh?: boolean;
}

/** Answers from the store when the key is there, else runs and writes the result once. */
export async function runStep<I, O>(
  step: Step<I, O>,
  input: I,
  tools: Tools,
  { runtime, fresh = false }: RunOptions,
): Promise<StepOutcome<O>> {
  const key = keyOf(step, input, runtime);
  const known = fresh ? undefined : await recall(step, key, tools.store);
  if (known) return known;
  const started = performance.now();
  const output = step.output.parse(await step.run(step.input.parse(input), tools));
  const seconds = (performance.now() - started) / 1000;
  const record: StepRecord = {
    step: step.name,
    version: step.version,
    key,
    output,
    blobs: step.blobs(output),
    seconds,
  };
  for (const blob of record.blobs) {
    if (!(await tools.store.hasBlob(blob))) {
      throw new DefectError(`step ${step.name} names ${blob} but did not store it`);
    }
  }
  const kept = await tools.store.writeStep(record, { replace: fresh });
  const first = step.output.safeParse(kept.output);
  if (first.success) return { output: first.data, cached: false, seconds };
  await tools.store.writeStep(record, { replace: true });
  return { output, cached: false, seconds };
}
