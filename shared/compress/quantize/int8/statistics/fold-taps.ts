/** Statistics of inner values over many samples, each tap's folded into one result. */
import type { NamedTensors } from '../../../../base/tensor.ts';
import type { Model } from '../../../../onnx/model.ts';
import { type Fold, type Folded, foldOutputs } from '../../../../runtime/fold-outputs.ts';
import type { SessionOptions } from '../../../../runtime/session.ts';
import { type Tap, tapModel } from './tap.ts';

export type Samples = Iterable<NamedTensors> | AsyncIterable<NamedTensors>;

/** In the order of the taps; none for a tap that cannot be led out (of a Scan's body), or without samples. */
export async function foldTaps(
  model: Model,
  taps: readonly Tap[],
  samples: Samples,
  options: SessionOptions = {},
): Promise<readonly (Folded | undefined)[]> {
  const tapped = tapModel(model, taps);
  const folds = tapped.outputs.flatMap((name, index): [string, Fold][] => {
    const tap = taps[index];
    return name === undefined || !tap ? [] : [[name, tap.fold]];
  });
  // A model without outputs cannot be run.
  const results =
    folds.length === 0
      ? {}
      : await foldOutputs(tapped.model, samples, Object.fromEntries(folds), options);
  return tapped.outputs.map((name) => (name === undefined ? undefined : results[name]));
}

/** The numbers of a result that is no histogram. */
export const numbersOf = (result: Folded | undefined): Float64Array | undefined =>
  result && result.fold !== 'histogram' ? result.values : undefined;
