/** Statistics over samples whose outputs never leave the runtime's process: min, max, sums, histograms. */
import type { NamedTensors } from '../base/tensor.ts';
import type { Model } from '../onnx/model.ts';
import type { Fold, Folded } from './child/folds.ts';
import { materialize } from './model-file.ts';
import { RuntimeAnswerError } from './runtime-process.ts';
import { askOptions, loadInto, type SessionOptions } from './session.ts';
import { explainRunError } from './session-errors.ts';
import { onProcess } from './shared-process.ts';

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
  try {
    return await onProcess(options.process, async (process) => {
      const { session } = await loadInto(process, file, options);
      try {
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
        return await process.ask('endFold', { into }, given);
      } finally {
        if (process.alive) await process.ask('close', { session }, given);
      }
    });
  } catch (error) {
    throw error instanceof RuntimeAnswerError ? explainRunError(error.message, file.name) : error;
  } finally {
    file.remove();
  }
}
