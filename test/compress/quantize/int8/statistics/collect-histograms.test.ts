import { expect, test } from 'vitest';
import { type HistogramCounts, MAX_BINS } from '../../../../../shared/base/histogram.ts';
import { createRandom, shuffled } from '../../../../../shared/base/random.ts';
import type { NamedTensors, Tensor } from '../../../../../shared/base/tensor.ts';
import { collectHistograms } from '../../../../../shared/compress/quantize/int8/statistics/collect-histograms.ts';
import { normals } from '../../_numeric.ts';
import { modelOf } from '../_plan.ts';
import { tensorOf } from '../_samples.ts';
import { integers } from './_columns.ts';

/** Ops that round nothing, so that JavaScript gives the same values. */
const MODEL = modelOf('g (float[n] x) => (float[n] z) { a = Relu (x) z = Neg (a) }');
const REFS = ['x', 'a', 'z'].map((name) => ({ scope: '', name }));
const RELU = (value: number) => Math.max(0, value);
const VALUES: readonly (readonly [string, (value: number) => number])[] = [
  ['x', (value) => value],
  ['a', RELU],
  ['z', (value) => -RELU(value)],
];

const sampleOf = (values: ArrayLike<number>): { readonly x: Tensor } => ({
  x: tensorOf([values.length], values),
});
const SAMPLES = [300, 1, 2000, 47].map((length, seed) =>
  sampleOf(normals(length, 40 + seed).map((value) => 3 ** seed * value)),
);
const numbersOf = (samples: readonly { readonly x: Tensor }[]) =>
  samples.flatMap(({ x }) => Array.from(x.data, Number));

const total = ({ counts, zeros }: HistogramCounts) => counts.reduce((sum, one) => sum + one, zeros);

test('every element of small values is counted, in a bin that holds it; zeros apart', async () => {
  const found = await collectHistograms(MODEL, REFS, SAMPLES);
  expect([...found.keys()]).toEqual(['x', 'a', 'z']);
  for (const [name, compute] of VALUES) {
    const values = numbersOf(SAMPLES).map(compute);
    const one = found.get(name);
    if (!one) throw new Error(`no histogram of ${name}`);
    const { min, max, exponent, first, counts, zeros } = one.histogram;
    expect([min + 0, max + 0]).toEqual([Math.min(...values) + 0, Math.max(...values) + 0]);
    expect(zeros).toBe(values.filter((value) => value === 0).length);
    const bins = new Float64Array(counts.length);
    for (const value of values) {
      const bin = Math.floor(value / 2 ** exponent) - first;
      expect(bin >= 0 && bin < bins.length).toBe(true);
      if (value !== 0) bins[bin] = (bins[bin] ?? 0) + 1;
    }
    expect(counts).toEqual(bins);
    expect(counts.length).toBeLessThanOrEqual(MAX_BINS);
  }
});

test('a histogram knows the elements of the largest sample', async () => {
  const found = await collectHistograms(MODEL, REFS, SAMPLES);
  expect([...found.values()].map(({ elements }) => elements)).toEqual([2000, 2000, 2000]);
});

test('the order of the samples does not change a histogram', async () => {
  const order = shuffled(SAMPLES, createRandom(2));
  expect(order).not.toEqual(SAMPLES);
  expect(await collectHistograms(MODEL, REFS, order)).toEqual(
    await collectHistograms(MODEL, REFS, SAMPLES),
  );
});

test('of large values some are counted, from everywhere; extremes are those of all', async () => {
  const length = 150_000;
  const values = normals(length, 9);
  // The first half is below 10, the second above: both are counted alike.
  for (let i = length / 2; i < length; i++) values[i] = (values[i] ?? 0) + 20;
  // Next to places that are counted, whatever the step above 1.
  values[1] = -500;
  values[length - 2] = 900;
  const found = await collectHistograms(MODEL, [{ scope: '', name: 'x' }], [sampleOf(values)]);
  const one = found.get('x');
  if (!one) throw new Error('no histogram');
  expect([one.histogram.min, one.histogram.max, one.elements]).toEqual([-500, 900, length]);
  const counted = total(one.histogram);
  // About 16,384: the step is a whole number.
  expect(counted).toBeGreaterThan(10_000);
  expect(counted).toBeLessThan(33_000);
  const { exponent, first, counts } = one.histogram;
  const below = counts.subarray(0, 10 / 2 ** exponent - first).reduce((sum, bin) => sum + bin, 0);
  // One more or less in either half.
  expect(Math.abs(below - counted / 2)).toBeLessThanOrEqual(1);
});

test('more samples give larger counts, not more bins', async () => {
  const refs = [{ scope: '', name: 'x' }];
  const [once, often] = await Promise.all(
    [1, 20].map((times) =>
      collectHistograms(MODEL, refs, Array.from({ length: times }, () => SAMPLES).flat()),
    ),
  );
  const [one, many] = [once?.get('x')?.histogram, often?.get('x')?.histogram];
  expect(many).toEqual({ ...one, counts: one?.counts.map((bin) => 20 * bin) });
});

test('NaN and infinities are left out', async () => {
  const odd = sampleOf([Number.NaN, 1, Number.POSITIVE_INFINITY, -2, Number.NEGATIVE_INFINITY]);
  const found = await collectHistograms(MODEL, [{ scope: '', name: 'x' }], [odd]);
  const one = found.get('x');
  expect(one?.histogram).toMatchObject({ min: -2, max: 1 });
  expect(one && total(one.histogram)).toBe(2);
});

test('a branch has a histogram when a sample took it, and a Loop one of all iterations', async () => {
  const model =
    modelOf(`g (bool flag, int64 trips, float[2] x) => (float[2] y, float[2] z) <float[1] two = {2}> {
    y = If (flag) <
      then_branch = t () => (float[2] one) { one = Neg (x) },
      else_branch = e () => (float[2] other) { other = Add (x, x) }
    >
    z = Loop (trips, , x) <
      body = b (int64 i, bool go, float[2] h) => (bool more, float[2] next) {
        more = Identity (go)
        next = Mul (h, two)
      }
    >
  }`);
  const sample = (trips: number): NamedTensors => ({
    flag: { type: 'bool', dims: [], data: Uint8Array.of(1) },
    trips: { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(trips)) },
    x: tensorOf([2], [1, -3]),
  });
  const refs = [
    { scope: 'y.then_branch/', name: 'one' },
    { scope: 'y.else_branch/', name: 'other' },
    { scope: 'z.body/', name: 'next' },
  ];
  expect([...(await collectHistograms(model, refs, [sample(0)])).keys()]).toEqual([
    'y.then_branch/one',
  ]);
  const found = await collectHistograms(model, refs, [sample(3), sample(0), sample(2)]);
  const [one, next] = [found.get('y.then_branch/one'), found.get('z.body/next')];
  expect(found.size).toBe(2);
  expect(one && [one.elements, total(one.histogram)]).toEqual([2, 6]);
  expect(next?.histogram).toMatchObject({ min: -24, max: 8 });
  expect(next && total(next.histogram)).toBe(2 * (3 + 2));
});

test('there is none without samples, without values, and inside a Scan', async () => {
  const scan = modelOf(`g (float[3,2] x) => (float[3,2] y) {
    y = Scan <num_scan_inputs = 1, body = b (float[2] row) => (float[2] o) { o = Neg (row) }> (x)
  }`);
  const inside = [{ scope: 'y.body/', name: 'o' }];
  expect(await collectHistograms(MODEL, REFS, [])).toEqual(new Map());
  expect(await collectHistograms(MODEL, [], SAMPLES)).toEqual(new Map());
  expect(await collectHistograms(scan, inside, [{ x: integers([3, 2], 1) }])).toEqual(new Map());
});

test('a value in a Loop may grow, and be in a branch that some iterations take', async () => {
  const model = modelOf(`g (float[n] x) => (float[k] y) <int64 trips = {3}, int64 one = {1}> {
    y = Loop (trips, , x) <
      body = b (int64 i, bool go, float[q] h) => (bool more, float[r] next) {
        more = Identity (go)
        first = Less (i, one)
        s = If (first) <
          then_branch = t () => (float[u] a) { a = Neg (h) },
          else_branch = e () => (float[v] c) { c = Add (h, h) }
        >
        next = Concat <axis = 0> (s, h)
      }
    >
  }`);
  const refs = [
    { scope: 'y.body/', name: 'h' },
    { scope: 'y.body/s.then_branch/', name: 'a' },
    { scope: 'y.body/s.else_branch/', name: 'c' },
  ];
  const found = await collectHistograms(model, refs, [sampleOf([1, -3]), sampleOf([2])]);
  const seen = refs.map(({ scope, name }) => {
    const one = found.get(`${scope}${name}`);
    return one && [total(one.histogram), one.elements];
  });
  // 2 + 4 + 8 and 1 + 2 + 4 elements; the first iteration takes one branch, the others the other.
  expect(seen).toEqual([
    [21, 8],
    [3, 2],
    [18, 8],
  ]);
});
