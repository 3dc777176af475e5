import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../shared/base/brand.ts';
import type { Label } from '../../../shared/measure/data/data-set.ts';
import {
  CALIBRATION_MAX,
  planSplit,
  type SamplePart,
  SELECTION_MAX,
  splitCounts,
  stratifiedOrder,
} from '../../../shared/measure/data/split.ts';

const set = (name: string, length: number, labelOf?: (index: number) => Label) => ({
  path: `${name}.npz`,
  digest: `sha256:${name}` as Digest,
  length,
  hasLabels: labelOf !== undefined,
  label: (index: number) => labelOf?.(index),
});
const indices = (part: SamplePart | undefined): readonly number[] => part?.indices ?? [];
const seed = { seed: 1 };

describe('planSplit of one file', () => {
  it('covers every sample once, within the limits, the same for the same seed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6000 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer(),
        fc.boolean(),
        (length, classes, seed, needsTraining) => {
          const all = set('all', length, (index) => index % classes);
          const split = planSplit({ all }, { seed, needsTraining });
          const parts = [split.calibration, split.selection, split.evaluation, split.training];
          const used = parts.flatMap(indices).sort((a, b) => a - b);
          expect(used).toEqual(Array.from({ length }, (_, index) => index));
          expect(parts.every((part) => part === undefined || part.source === 'all')).toBe(true);
          const { calibration, selection, evaluation } = splitCounts(split);
          const judged = calibration + selection + evaluation;
          expect(calibration).toBeLessThanOrEqual(CALIBRATION_MAX);
          expect(selection).toBeLessThanOrEqual(Math.min(SELECTION_MAX, judged * 0.25));
          expect(evaluation).toBeGreaterThanOrEqual(1);
          expect(evaluation).toBeGreaterThanOrEqual(Math.max(calibration, selection));
          if (needsTraining)
            expect(split.training?.indices.length ?? 0).toBe(Math.floor(length * 0.7));
          expect(planSplit({ all }, { seed, needsTraining })).toEqual(split);
        },
      ),
      { numRuns: 30, seed: 5 },
    );
  });

  it('gives the counts of the digits', () => {
    const counts = splitCounts(planSplit({ all: set('all', 450) }, seed));
    expect(counts).toEqual({ calibration: 128, selection: 112, evaluation: 210 });
  });

  it('gives another permutation for another seed', () => {
    const all = set('all', 500, (index) => index % 10);
    expect(planSplit({ all }, { seed: 1 })).not.toEqual(planSplit({ all }, { seed: 2 }));
  });
});

describe('stratifiedOrder', () => {
  it('holds each label in its share in every prefix, within one sample', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 6 }),
        fc.nat(),
        (sizes, seed) => {
          const labels = sizes.flatMap((size, label) => new Array<number>(size).fill(label));
          fc.pre(sizes.length <= labels.length / 2);
          const order = stratifiedOrder(
            set('a', labels.length, (index) => labels[index] ?? 0),
            seed,
          );
          const seen = sizes.map(() => 0);
          for (const [rank, index] of order.entries()) {
            const label = labels[index] ?? 0;
            seen[label] = (seen[label] ?? 0) + 1;
            for (const [other, size] of sizes.entries()) {
              // The others' positions round too: by less than one sample each.
              const share = ((rank + 1) * size) / labels.length;
              expect(Math.abs((seen[other] ?? 0) - share)).toBeLessThan(
                1 + (sizes.length * size) / labels.length,
              );
            }
          }
        },
      ),
      { numRuns: 40, seed: 6 },
    );
  });

  it('is a plain permutation for texts, tensors and no labels', () => {
    const text = stratifiedOrder(
      set('a', 50, (index) => `line ${index}`),
      3,
    );
    expect(text).toEqual(stratifiedOrder(set('a', 50), 3));
    const map = { type: 'uint8', dims: [1], data: Uint8Array.of(1) } as const;
    expect(
      stratifiedOrder(
        set('a', 50, () => map),
        3,
      ),
    ).toEqual(text);
    expect([...text].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('puts every sample of a label first equally often', () => {
    const counts = new Float64Array(10);
    for (let seed = 0; seed < 2000; seed++) {
      const order = stratifiedOrder(
        set('a', 10, (index) => Number(index < 3)),
        seed,
      );
      for (const isOfLabel of [true, false]) {
        const first = order.find((index) => index < 3 === isOfLabel) ?? 0;
        counts[first] = (counts[first] ?? 0) + 1;
      }
    }
    const chi2 = counts.reduce((sum, count, index) => {
      const expected = index < 3 ? 2000 / 3 : 2000 / 7;
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    // 99.9 % quantile of chi-square with 8 degrees of freedom.
    expect(chi2).toBeLessThan(26.1);
  });
});

describe('planSplit of several files', () => {
  const all = set('all', 1000, (index) => index % 10);
  const calibration = set('calibration', 200);
  const evaluation = set('evaluation', 300, (index) => index % 10);
  const training = set('training', 900);
  const sources = (split: ReturnType<typeof planSplit>) =>
    Object.fromEntries(
      Object.entries(split).map(([name, part]) => [name, `${part.source} ${part.indices.length}`]),
    );

  it('judges on the evaluation file, whole, and chooses on the other alone', () => {
    expect(sources(planSplit({ all, evaluation }, seed))).toEqual({
      calibration: 'all 128',
      selection: 'all 250',
      evaluation: 'evaluation 300',
    });
    expect(sources(planSplit({ calibration, evaluation }, seed))).toEqual({
      calibration: 'calibration 128',
      selection: 'calibration 50',
      evaluation: 'evaluation 300',
    });
    expect(sources(planSplit({ evaluation }, seed))).toEqual({ evaluation: 'evaluation 300' });
  });

  it('calibrates on the calibration file and splits the rest', () => {
    expect(sources(planSplit({ all, calibration }, seed))).toEqual({
      calibration: 'calibration 128',
      selection: 'all 250',
      evaluation: 'all 750',
    });
    expect(sources(planSplit({ calibration }, seed))).toEqual({
      calibration: 'calibration 128',
      selection: 'calibration 50',
    });
  });

  it('trains on the training file, without what has another part', () => {
    expect(sources(planSplit({ all, training }, { seed: 1, needsTraining: true }))).toEqual({
      calibration: 'all 128',
      selection: 'all 250',
      evaluation: 'all 622',
      training: 'training 900',
    });
    const shared = planSplit(
      { calibration: training, training, evaluation },
      { seed: 1, needsTraining: true },
    );
    expect(sources(shared)).toEqual({
      calibration: 'calibration 128',
      selection: 'calibration 225',
      evaluation: 'evaluation 300',
      training: 'training 547',
    });
    const used = new Set([...indices(shared.calibration), ...indices(shared.selection)]);
    expect(indices(shared.training).some((index) => used.has(index))).toBe(false);
  });

  it('calibrates on what trains, and chooses on a tenth of it, where there is no other file', () => {
    const split = planSplit({ training, evaluation }, { seed: 1, needsTraining: true });
    expect(sources(split)).toEqual({
      calibration: 'training 128',
      selection: 'training 90',
      evaluation: 'evaluation 300',
      training: 'training 810',
    });
    const trained = new Set(indices(split.training));
    expect(indices(split.calibration).every((index) => trained.has(index))).toBe(true);
    expect(indices(split.selection).some((index) => trained.has(index))).toBe(false);
    expect(sources(planSplit({ training }, seed))).toEqual({
      calibration: 'training 128',
      selection: 'training 90',
      training: 'training 810',
    });
    expect(sources(planSplit({ training: set('one', 1) }, seed))).toEqual({
      calibration: 'training 1',
      training: 'training 1',
    });
  });

  it('refuses to judge on what calibrates or trains', () => {
    const again = { ...evaluation, path: 'copy.npz' };
    for (const given of [
      { calibration: again, evaluation },
      { all: again, evaluation },
      { training: again, evaluation },
      { all: again, training: evaluation },
      { all: again, calibration: evaluation },
    ]) {
      expect(() => planSplit(given, seed)).toThrow(/to be judged on and to calibrate or train/);
    }
  });
});
