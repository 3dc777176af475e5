/** Histograms of values that may become integers, filled where the values are made. */
import type { HistogramCounts } from '../../../../base/histogram.ts';
import type { Model } from '../../../../onnx/model.ts';
import { foldOutputs } from '../../../../runtime/fold-outputs.ts';
import type { SessionOptions } from '../../../../runtime/session.ts';
import { keyOf, type ValueRef } from '../scopes.ts';
import type { Samples } from './collect-ranges.ts';
import { makeNode, type Tap, tapModel } from './tap.ts';

/** Histograms by {@link keyOf}; a value that no sample reached has none. */
export async function collectHistograms(
  model: Model,
  values: readonly ValueRef[],
  samples: Samples,
  options: SessionOptions = {},
): Promise<ReadonlyMap<string, HistogramCounts>> {
  if (values.length === 0) return new Map();
  const tapped = tapModel(model, values.map(wholeTap));
  const folds = Object.fromEntries(
    tapped.outputs.flatMap((name) => (name === undefined ? [] : [[name, 'histogram' as const]])),
  );
  const results = await foldOutputs(tapped.model, samples, folds, options);
  return new Map(
    values.flatMap((ref, index): [string, HistogramCounts][] => {
      const result = results[tapped.outputs[index] ?? ''];
      return result?.fold === 'histogram' && result.counts.min <= result.counts.max
        ? [[keyOf(ref), result.counts]]
        : [];
    }),
  );
}

/** All elements in one row, so that branches may give them in any number. */
function wholeTap(ref: ValueRef): Tap {
  return {
    ref,
    fold: 'histogram',
    dims: null,
    build: (graph, value) => {
      const flat = makeNode('Flatten', [value], graph.freshName(`${value}_all`));
      return [{ ...flat, attributes: new Map([['axis', { type: 'int', value: 0 }]]) }];
    },
  };
}
