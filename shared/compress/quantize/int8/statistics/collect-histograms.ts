/**
 * Histograms of values that may become integers, filled where the values are made. Large values are
 * counted at evenly spread places; their extremes are those of all elements.
 */
import type { HistogramCounts } from '../../../../base/histogram.ts';
import type { Model } from '../../../../onnx/model.ts';
import { type Fold, type Folded, foldOutputs } from '../../../../runtime/fold-outputs.ts';
import type { SessionOptions } from '../../../../runtime/session.ts';
import { keyOf, type ValueRef } from '../scopes.ts';
import { extremeTap, type Samples } from './collect-ranges.ts';
import { Steps } from './steps.ts';
import { type Tap, tapModel } from './tap.ts';

export interface ValueCounts {
  readonly histogram: HistogramCounts;
  /** Elements of the value in the largest sample. */
  readonly elements: number;
}

/** Elements of one value that a sample adds to its histogram: counting takes 9 ns each. */
const COUNTED = 16_384;

/** Histograms by {@link keyOf}; a value that no sample reached has none. */
export async function collectHistograms(
  model: Model,
  values: readonly ValueRef[],
  samples: Samples,
  options: SessionOptions = {},
): Promise<ReadonlyMap<string, ValueCounts>> {
  const taps = values.flatMap((ref) => [
    extremeTap(ref, 'min'),
    extremeTap(ref, 'max'),
    sizeTap(ref),
    spreadTap(ref),
  ]);
  const tapped = tapModel(model, taps);
  // Nothing to run for: of no values, or of those of a Scan's body alone.
  if (tapped.outputs.every((name) => name === undefined)) return new Map();
  const folds = Object.fromEntries(
    tapped.outputs.flatMap((name, index): [string, Fold][] =>
      name === undefined ? [] : [[name, taps[index]?.fold ?? 'histogram']],
    ),
  );
  const results = await foldOutputs(tapped.model, samples, folds, options);
  return new Map(
    values.flatMap((ref, index): [string, ValueCounts][] => {
      const [min, max, elements, spread] = [0, 1, 2, 3].map(
        (tap) => results[tapped.outputs[4 * index + tap] ?? ''],
      );
      const histogram = spread?.fold === 'histogram' ? spread.counts : undefined;
      if (!histogram || histogram.min > histogram.max) return [];
      const whole = {
        ...histogram,
        min: numberOf(min) ?? histogram.min,
        max: numberOf(max) ?? histogram.max,
      };
      return [[keyOf(ref), { histogram: whole, elements: numberOf(elements) ?? 0 }]];
    }),
  );
}

function numberOf(result: Folded | undefined): number | undefined {
  const value = result && result.fold !== 'histogram' ? result.values[0] : undefined;
  return Number.isFinite(value) ? value : undefined;
}

/** All elements in one row, so that branches may give them in any number. */
function flat(steps: Steps, value: string): string {
  return steps.add('Flatten', [value], { axis: { type: 'int', value: 0 } });
}

function spreadTap(ref: ValueRef): Tap {
  return {
    ref,
    fold: 'histogram',
    dims: null,
    build: (graph, value) => {
      const steps = new Steps(graph);
      steps.spread(flat(steps, value), 1, COUNTED);
      return steps.nodes;
    },
  };
}

function sizeTap(ref: ValueRef): Tap {
  return {
    ref,
    fold: 'max',
    dims: [],
    build: (graph, value) => {
      const steps = new Steps(graph);
      steps.toFloat(steps.add('Size', [value]));
      return steps.nodes;
    },
  };
}
