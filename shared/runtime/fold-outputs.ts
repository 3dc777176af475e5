/** Statistics over samples whose outputs never leave the runtime's process: min, max, sums, histograms. */
import type { NamedTensors } from '../base/tensor.ts';
import type { Model } from '../onnx/model.ts';
import type { Fold, Folded } from './child/folds.ts';
import { materialize } from './model-file.ts';
import { RuntimeAnswerError, RuntimeProcess } from './runtime-process.ts';
import { askOptions, loadInto, type SessionOptions } from './session.ts';
import { explainRunError } from './session-errors.ts';

export type { Fold, Folded } from './child/folds.ts';

/** Samples sent ahead of the answer. */
const WINDOW = 3;

/**
 * Runs the model on every sample and folds the named outputs, in memory that does not depend on the
 * count of samples. Elementwise folds need one shape for all runs; histograms do not.
 *
 * @returns a result for each output; none of an elementwise fold when there are no samples.
 * @throws as openSession and its runs.
 */
export async function foldOutputs(
  model: Model,
  samples: Iterable<NamedTensors> | AsyncIterable<NamedTensors>,
  folds: Readonly<Record<string, Fold>>,
  options: SessionOptions = {},
): Promise<Readonly<Record<string, Folded>>> {
  const file = materialize(model);
  const given = askOptions(`calibrating ${file.name}`, options.timeoutMs, options.signal);
  // A child of its own: when another's request takes the shared one down, samples that are already
  // folded would be lost, and an iterable cannot be read again.
  const process = options.process ?? new RuntimeProcess();
  const isOwn = process !== options.process;
  try {
    const { session } = await loadInto(process, file, { plansMemory: false, ...options });
    const into = process.nextSessionNumber();
    await process.ask('startFold', { into, folds }, given);
    const inFlight: Promise<null>[] = [];
    for await (const feeds of samples) {
      const run = process.ask('fold', { session, feeds, into }, given);
      run.catch(() => {});
      inFlight.push(run);
      if (inFlight.length === WINDOW) await inFlight.shift();
    }
    await Promise.all(inFlight);
    const folded = await process.ask('endFold', { into }, given);
    if (!isOwn) await process.ask('close', { session }, given);
    return folded;
  } catch (error) {
    throw error instanceof RuntimeAnswerError ? explainRunError(error.message, file.name) : error;
  } finally {
    if (isOwn) await process.close();
    file.remove();
  }
}
