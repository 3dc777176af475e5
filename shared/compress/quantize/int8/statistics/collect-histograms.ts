/**
 * Histograms of values that may become integers, filled where the values are made. Large values are
 * counted at evenly spread places; their extremes are those of all elements.
 */
import type { HistogramCounts } from '../../../../base/histogram.ts';
import { float32Tensor } from '../../../../onnx/make-tensor.ts';
import type { Model } from '../../../../onnx/model.ts';
import type { Folded } from '../../../../runtime/fold-outputs.ts';
import type { SessionOptions } from '../../../../runtime/session.ts';
import { keyOf, scopesOf, type ValueRef } from '../scopes.ts';
import { extremeTap } from './collect-ranges.ts';
import { foldTaps, numbersOf, type Samples } from './fold-taps.ts';
import { Steps } from './steps.ts';
import type { Tap } from './tap.ts';

export interface ValueCounts {
  readonly histogram: HistogramCounts;
  /** Elements of the value in the largest sample. */
  readonly elements: number;
}

/** Elements of one value that a sample adds to its histogram: counting takes 9 ns each. */
const COUNTED = 16_384;
/**
 * Places of one value in a Loop, an iteration: a Loop stacks rows of one length only, so shorter ones are
 * filled up with NaN, which histograms leave out. 4 kB an iteration.
 */
const LOOP_PLACES = 1024;

/** Histograms by {@link keyOf}; a value that no sample reached has none. */
export async function collectHistograms(
  model: Model,
  values: readonly ValueRef[],
  samples: Samples,
  options: SessionOptions = {},
): Promise<ReadonlyMap<string, ValueCounts>> {
  const inLoop = new Set(
    scopesOf(model)
      .filter(({ path }) => path.some(({ opType }) => opType === 'Loop'))
      .map(({ key }) => key),
  );
  const taps = values.flatMap((ref) => [
    extremeTap(ref, 'min'),
    extremeTap(ref, 'max'),
    sizeTap(ref),
    inLoop.has(ref.scope) ? loopTap(ref) : spreadTap(ref),
  ]);
  const results = await foldTaps(model, taps, samples, options);
  return new Map(
    values.flatMap((ref, index): [string, ValueCounts][] => {
      const [min, max, elements, spread] = results.slice(4 * index, 4 * index + 4);
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
  const value = numbersOf(result)?.[0];
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

function loopTap(ref: ValueRef): Tap {
  const dims = [1, LOOP_PLACES];
  return {
    ref,
    fold: 'histogram',
    dims,
    build: (graph, value) => {
      const steps = new Steps(graph);
      // Fewer than twice as many as asked for: see `spread`.
      const some = steps.spread(flat(steps, value), 1, LOOP_PLACES / 2);
      const filling = new Float32Array(LOOP_PLACES).fill(Number.NaN);
      const filled = steps.add('Concat', [some, steps.constant(float32Tensor('', dims, filling))], {
        axis: { type: 'int', value: 1 },
      });
      steps.add('Slice', [filled, ...[0, LOOP_PLACES, 1].map((bound) => steps.ints(bound))]);
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
