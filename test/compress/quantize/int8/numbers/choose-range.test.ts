import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram, type HistogramCounts } from '../../../../../shared/base/histogram.ts';
import { createRandom } from '../../../../../shared/base/random.ts';
import {
  chooseRange,
  clampHistogram,
  gridError,
  RANGE_METHODS,
  type RangeMethod,
} from '../../../../../shared/compress/quantize/int8/numbers/choose-range.ts';
import {
  codeOf,
  gridOf,
  type Range,
} from '../../../../../shared/compress/quantize/int8/numbers/range.ts';

const UINT8 = { low: 0, high: 255 };
const INT8 = { low: -128, high: 127 };
/** By which the search draws in an end, as in the source. */
const SHARES = Array.from({ length: 24 }, (_, step) => 1 - step / 24);

function histogramOf(values: Iterable<number>): HistogramCounts {
  const histogram = new Histogram();
  histogram.add(Float64Array.from(values));
  return histogram.counts;
}

const choose = (values: Iterable<number>, method: RangeMethod): Range =>
  chooseRange(histogramOf(values), method, UINT8, false);

function normals(count: number, seed = 1): number[] {
  const random = createRandom(seed, 'values');
  return Array.from({ length: count }, () => random.normal());
}

/** A bell of 4 · 10^8 values and three far ones, too rare to be worth the coarser steps of all others. */
function outliers(): HistogramCounts {
  const histogram = histogramOf([...normals(20_000), 14, 15, -12]);
  const { counts, first, exponent } = histogram;
  return {
    ...histogram,
    counts: counts.map((count, bin) =>
      Math.abs((first + bin) * 2 ** exponent) < 10 ? 20_000 * count : count,
    ),
  };
}

const values = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), {
  minLength: 1,
  maxLength: 60,
});
const errorOf = (range: Range, histogram: HistogramCounts, symmetric: boolean): number => {
  const codes = symmetric ? INT8 : UINT8;
  return gridError(histogram, gridOf(range, codes, symmetric), codes);
};

/** KL(P ‖ Q) of the first `cut` sizes: P has those beyond in its last, Q is evened out to 128 codes. */
function divergence(sizes: readonly number[], cut: number): number {
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const all = sum(sizes);
  const inside = Array.from({ length: cut }, (_, at) => sizes[at] ?? 0);
  const kept = sum(inside);
  const p = inside.with(-1, (inside.at(-1) ?? 0) + sum(sizes.slice(cut)));
  const edges = Array.from({ length: 129 }, (_, code) => Math.floor((code * cut) / 128));
  const q = edges.slice(1).flatMap((end, code) => {
    const chunk = inside.slice(edges[code], end);
    const mean = sum(chunk) / Math.max(1, chunk.filter((count) => count > 0).length);
    return chunk.map(() => mean / kept);
  });
  return sum(
    p.map((count, at) => {
      const share = count / all;
      return count === 0 ? 0 : share * Math.log(share / Math.max(q[at] ?? 0, 1e-12));
    }),
  );
}

test('min-max is exact, with 0 inside', () => {
  expect(choose([-1.37, 2.9, 0.2], 'min-max')).toEqual({ min: -1.37, max: 2.9 });
  expect(choose([3, 5], 'min-max')).toEqual({ min: 0, max: 5 });
  expect(choose([-3, -5], 'min-max')).toEqual({ min: -5, max: 0 });
});

test('every method gives [0, 0] for nothing and for zeros alone', () => {
  for (const method of RANGE_METHODS) {
    expect(choose([], method)).toEqual({ min: 0, max: 0 });
    expect(choose([0, 0], method)).toEqual({ min: 0, max: 0 });
  }
});

test('every method gives a part of the whole that holds 0', () => {
  fc.assert(
    fc.property(values, fc.constantFrom(...RANGE_METHODS), fc.boolean(), (some, method, even) => {
      const histogram = histogramOf(some);
      const { min, max } = chooseRange(histogram, method, even ? INT8 : UINT8, even);
      expect(min).toBeLessThanOrEqual(0);
      expect(min).toBeGreaterThanOrEqual(Math.min(0, histogram.min));
      expect(max).toBeGreaterThanOrEqual(0);
      expect(max).toBeLessThanOrEqual(Math.max(0, histogram.max));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test.each([
  ['percentile-99.9', 0.999],
  ['percentile-99.99', 0.9999],
  ['percentile-99.999', 0.99999],
] as const)(
  '%s is the quantiles of the sorted values, to the edges of their bins',
  (method, share) => {
    // A third are zeros, which have no bin.
    const some = normals(30_000).map((value, at) => (at % 3 === 0 ? 0 : value ** 3));
    const sorted = some.toSorted((a, b) => a - b);
    const outside = Math.floor((some.length * (1 - share)) / 2);
    const width = 2 ** histogramOf(some).exponent;
    const low = sorted[outside] ?? Number.NaN;
    const high = sorted[some.length - 1 - outside] ?? Number.NaN;
    expect(choose(some, method)).toEqual({
      min: Math.max(sorted[0] ?? Number.NaN, Math.floor(low / width) * width),
      max: Math.min(sorted.at(-1) ?? Number.NaN, (Math.floor(high / width) + 1) * width),
    });
  },
);

test('a percentile cuts what is rarer than its share, and only that', () => {
  const some = [...Array.from({ length: 9990 }, (_, at) => (at + 1) / 9990), ...Array(10).fill(50)];
  // Ten of 10,000 are a thousandth; half of that may lie outside on each side.
  expect(choose(some, 'percentile-99.9').max).toBe(50);
  expect(choose(some.slice(0, -6), 'percentile-99.9').max).toBeLessThan(1.02);
});

test('gridError is the mean square of rounding, bins taken as even: by hand', () => {
  const histogram = {
    min: 0.2,
    max: 2.9,
    exponent: 0,
    first: 0,
    counts: Float64Array.of(3, 0, 1),
    zeros: 4,
  };
  // Middles 0.5 and 2.5 become 0 (to even) and 2: 0.25 each, and 1/12 of a bin of width 1; zeros are exact.
  const within = 1 / 12;
  expect(gridError(histogram, { scale: 1, zeroPoint: 0 }, UINT8)).toBeCloseTo(
    (4 * (0.25 + within)) / 8,
    14,
  );
  // One code: 2.5 is clipped to 1.
  expect(gridError(histogram, { scale: 1, zeroPoint: 0 }, { low: 0, high: 1 })).toBeCloseTo(
    (3 * (0.25 + within) + (2.25 + within)) / 8,
    14,
  );
  expect(gridError(histogramOf([]), { scale: 1, zeroPoint: 0 }, UINT8)).toBe(0);
});

test('gridError is near what the values themselves give, clipped ones included', () => {
  const some = normals(20_000);
  for (const range of [
    { min: -4, max: 4 },
    { min: -2, max: 1 },
  ]) {
    const grid = gridOf(range, UINT8, false);
    const squares = some.map(
      (value) => (value - grid.scale * (codeOf(value, grid, UINT8) - grid.zeroPoint)) ** 2,
    );
    const mean = squares.reduce((sum, square) => sum + square, 0) / some.length;
    // Of 20,000 values, the mean of a square of uniform errors has a deviation of 0.6 %.
    expect(gridError(histogramOf(some), grid, UINT8) / mean).toBeGreaterThan(0.98);
    expect(gridError(histogramOf(some), grid, UINT8) / mean).toBeLessThan(1.02);
  }
});

test('mse is the best of all steps, where one end is 0 and where both move together', () => {
  for (const seed of [1, 2, 3]) {
    const positive = histogramOf(normals(5000, seed).map((value) => Math.abs(value) ** 2.5));
    const one = chooseRange(positive, 'mse', UINT8, false);
    const errors = SHARES.map((share) =>
      errorOf({ min: 0, max: positive.max * share }, positive, false),
    );
    expect(errorOf(one, positive, false)).toBe(Math.min(...errors));
    const signed = histogramOf(normals(5000, seed).map((value) => value ** 3));
    const both = chooseRange(signed, 'mse', INT8, true);
    const symmetric = SHARES.map((share) =>
      errorOf({ min: signed.min * share, max: signed.max * share }, signed, true),
    );
    expect(errorOf(both, signed, true)).toBe(Math.min(...symmetric));
  }
});

test('mse clips far values that are rare, and finds the best of all pairs of steps', () => {
  const histogram = outliers();
  const { min, max } = histogram;
  const found = chooseRange(histogram, 'mse', UINT8, false);
  let best = Number.POSITIVE_INFINITY;
  for (const low of SHARES)
    for (const high of SHARES)
      best = Math.min(best, errorOf({ min: min * low, max: max * high }, histogram, false));
  expect(found.max).toBeLessThan(max / 2);
  expect(found.min).toBeGreaterThan(min / 2);
  expect(errorOf(found, histogram, false)).toBe(best);
  // Steps are finer by half: a quarter of the error of rounding, and a little for what is clipped.
  expect(best).toBeLessThan(0.3 * errorOf({ min, max }, histogram, false));
});

test('mse is never worse than min-max', () => {
  fc.assert(
    fc.property(values, fc.boolean(), (some, symmetric) => {
      const histogram = histogramOf(some);
      const codes = symmetric ? INT8 : UINT8;
      const errors = (['mse', 'min-max'] as const).map((method) =>
        errorOf(chooseRange(histogram, method, codes, symmetric), histogram, symmetric),
      );
      expect(errors[0]).toBeLessThanOrEqual(errors[1] ?? Number.NaN);
    }),
    { seed: 2 },
  );
});

test('entropy keeps all of an even spread, and cuts a far value of a bell', () => {
  const even = Array.from({ length: 40_960 }, (_, at) => (at + 0.5) / 5120);
  expect(choose(even, 'entropy')).toEqual({ min: 0, max: 8 - 0.5 / 5120 });
  const bell = normals(20_000);
  const far = choose([...bell, 40], 'entropy');
  expect(far.max).toBeGreaterThan(2.5);
  expect(far.max).toBeLessThan(5);
});

test('entropy cuts sizes at the least Kullback–Leibler divergence of all, whatever the sign', () => {
  for (const power of [1, 2, 3]) {
    const some = normals(5000, power).map((value) => Math.sign(value) * Math.abs(value) ** power);
    const { exponent, max: most, min: least } = histogramOf(some);
    const sizes: number[] = [];
    for (const value of some) {
      const bin = Math.floor(Math.abs(value) / 2 ** exponent);
      sizes[bin] = (sizes[bin] ?? 0) + 1;
    }
    const filled = Array.from(sizes, (count) => count ?? 0);
    const step = Math.floor((filled.length + 1) / 128);
    const cuts = Array.from({ length: 128 }, (_, at) => 128 + at * step);
    const tried = cuts.filter((cut) => cut <= filled.length + 1);
    const best = Math.min(...tried.map((cut) => divergence(filled, cut)));
    const { min, max } = choose(some, 'entropy');
    const cut = Math.max(max, -min) / 2 ** exponent;
    expect(divergence(filled, cut)).toBeCloseTo(best, 12);
    expect([max, min]).toEqual([
      Math.min(most, cut * 2 ** exponent),
      Math.max(least, -cut * 2 ** exponent),
    ]);
  }
});

test('clamping a histogram moves what lies beyond into the bins of the bounds', () => {
  const bound = fc.float({ min: 0, max: 50, noNaN: true });
  fc.assert(
    fc.property(values, bound, bound, (some, below, above) => {
      const bounds = { min: 0 - below, max: above };
      const before = histogramOf(some);
      const after = clampHistogram(before, bounds);
      const width = 2 ** before.exponent;
      const clamp = (value: number): number => Math.min(bounds.max, Math.max(bounds.min, value));
      const counts = new Map<number, number>();
      for (const value of some) {
        const bin = Math.floor(clamp(value) / width);
        if (value !== 0) counts.set(bin, (counts.get(bin) ?? 0) + 1);
      }
      const found = [...after.counts.entries()].flatMap(([bin, count]): [number, number][] =>
        count === 0 ? [] : [[after.first + bin, count]],
      );
      expect(new Map(found)).toEqual(counts);
      expect(after.zeros).toBe(before.zeros);
      expect([after.min, after.max]).toEqual([clamp(before.min), clamp(before.max)]);
    }),
    { seed: 3, numRuns: 500 },
  );
});

test('a histogram within its bounds stays as it is', () => {
  const histogram = histogramOf([-1, 2]);
  expect(clampHistogram(histogram, { min: -1, max: 6 })).toBe(histogram);
  const empty = histogramOf([]);
  expect(clampHistogram(empty, { min: 0, max: 6 })).toBe(empty);
});
