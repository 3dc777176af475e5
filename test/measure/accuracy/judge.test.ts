import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../shared/base/random.ts';
import {
  compareAccuracy,
  isNonInferior,
  judgeAccuracy,
  verdictOf,
} from '../../../shared/measure/accuracy/judge.ts';
import { pairedDifferenceInterval } from '../../../shared/measure/accuracy/paired-proportions.ts';
import type { SampleScores } from '../../../shared/measure/evaluate.ts';
import { METRICS } from '../../../shared/measure/metrics/metrics.ts';

const top1 = METRICS.top1({ name: 'top1' });
const mae = METRICS.mae({ name: 'mae' });
const f1 = METRICS.f1({ name: 'f1' });
const scores = (values: readonly number[], width = 1): SampleScores => ({
  metric: 'm',
  width,
  indices: Array.from({ length: values.length / width }, (_, index) => index),
  values,
});

/** Base and variant of n samples: both right but for the variant's wins and losses. */
function rightness(n: number, wins: number, losses: number): [SampleScores, SampleScores] {
  const base = Array.from({ length: n }, (_, i) => Number(i >= wins));
  const variant = Array.from({ length: n }, (_, i) => Number(i < wins || i >= wins + losses));
  return [scores(base), scores(variant)];
}
const judge = (n: number, wins: number, losses: number) =>
  judgeAccuracy(top1, ...rightness(n, wins, losses), { seed: 1 });

describe('verdictOf', () => {
  const up = { higherIsBetter: true, isErrorMetric: false };
  const error = { higherIsBetter: false, isErrorMetric: true };
  it.each([
    [up, 0.9, -0.005, 0.005, 'same'],
    // "same" comes first, also where 0 lies outside.
    [up, 0.9, 0.001, 0.005, 'same'],
    [up, 0.9, -0.004, -0.001, 'same'],
    [up, 0.9, 0.001, 0.006, 'better'],
    [up, 0.9, -0.006, -0.001, 'worse'],
    [up, 0.9, -0.006, 0.001, 'inconclusive'],
    [up, 0.9, -0.006, 0, 'inconclusive'],
    [error, 2, -0.02, 0.02, 'same'],
    [error, 2, 0.001, 0.021, 'worse'],
    [error, 2, -0.021, -0.001, 'better'],
    [error, 2, -0.021, 0.001, 'inconclusive'],
    [{ higherIsBetter: false, isErrorMetric: false }, 2, 0.001, 0.02, 'worse'],
  ] as const)('%j base %f [%f, %f] is %s', (metric, base, low, high, verdict) => {
    expect(verdictOf(metric, base, low, high)).toBe(verdict);
  });

  it('goes with non-inferiority: half a point, or 1 % of an error', () => {
    expect(isNonInferior(up, { base: 0.9, low: -0.005, high: 0.1 })).toBe(true);
    expect(isNonInferior(up, { base: 0.9, low: -0.0051, high: 0.1 })).toBe(false);
    expect(isNonInferior(error, { base: 2, low: -1, high: 0.02 })).toBe(true);
    expect(isNonInferior(error, { base: 2, low: -1, high: 0.021 })).toBe(false);
  });
});

describe('judgeAccuracy of 0/1 scores', () => {
  it('counts pairs and gives exact intervals', () => {
    expect(judge(10_000, 10, 60)).toMatchObject({
      value: 0.994,
      base: 0.999,
      samples: 10_000,
      wins: 10,
      losses: 60,
      verdict: 'worse',
    });
    expect(judge(10_000, 60, 10)).toMatchObject({ verdict: 'better' });
    expect(judge(10_000, 5, 5)).toMatchObject({ difference: 0, verdict: 'same' });
    // Three lines of 240 lost prove nothing; and none lost is no proof of half a point either.
    expect(judge(240, 0, 3)).toMatchObject({ verdict: 'inconclusive' });
    expect(judge(240, 0, 0)).toMatchObject({
      low: expect.closeTo(-0.0157, 3),
      verdict: 'inconclusive',
    });
    expect(judge(240, 0, 6)).toMatchObject({ verdict: 'worse' });
  });

  it('says about how many samples would decide', () => {
    for (const [n, wins, losses] of [
      [240, 0, 0],
      [450, 2, 2],
      [240, 0, 3],
      [1000, 10, 14],
    ] as const) {
      const { neededSamples = 0, verdict } = judge(n, wins, losses);
      expect(verdict).toBe('inconclusive');
      const at = (count: number) =>
        judge(count, Math.round((wins * count) / n), Math.round((losses * count) / n)).verdict;
      expect(at(neededSamples)).not.toBe('inconclusive');
      // Counts are whole: just below, rounding may favour a verdict.
      expect(at(Math.floor(neededSamples * 0.85))).toBe('inconclusive');
    }
    expect(judge(240, 0, 0).neededSamples).toBeLessThan(770);
  });

  it('finds nothing where there is nothing: a model against itself', () => {
    const random = createRandom(4);
    for (const n of [1, 20, 200, 2000]) {
      const values = Array.from({ length: n }, () => Number(random.float() < 0.9));
      const { verdict } = judgeAccuracy(top1, scores(values), scores(values), { seed: 1 });
      expect(verdict).toBe(n >= 2000 ? 'same' : 'inconclusive');
    }
  });

  it('needs no samples where all outputs are the same bits', () => {
    const [base] = rightness(3, 0, 0);
    expect(judgeAccuracy(top1, base, base, { seed: 1, isSameOutput: true })).toMatchObject({
      low: 0,
      high: 0,
      verdict: 'same',
    });
  });

  it('errs as rarely as it says, over all samples that could be drawn', () => {
    // A variant flips some answers. With as many wins as losses to come, "better" and "worse" are errors.
    for (const [n, rate] of [
      [200, 0.01],
      [200, 0.05],
      [1000, 0.005],
      [1000, 0.02],
      [5000, 0.005],
    ] as const) {
      const { better, worse } = verdictRates(n, rate, rate);
      expect(better + worse).toBeLessThan(0.04);
    }
    // On as many samples as a test set of 10,000 has, the same is seen to be the same …
    expect(verdictRates(10_000, 0.005, 0.005).same).toBeGreaterThan(0.99);
    // … and what is worse by a point, or by just half of one, is not.
    expect(verdictRates(2000, 0.002, 0.012).worse).toBeGreaterThan(0.95);
    expect(verdictRates(3000, 0.005, 0.01).same).toBeLessThan(0.025);
    expect(verdictRates(10_000, 0.005, 0.01).same).toBeLessThan(0.025);
  });
});

const logFactorial = [0];
for (let n = 1; n <= 10_000; n++) logFactorial.push((logFactorial[n - 1] ?? 0) + Math.log(n));

/** The probability of each verdict on n samples: exact, by summing over all counts that can happen. */
function verdictRates(n: number, winRate: number, lossRate: number) {
  const rates = { same: 0, better: 0, worse: 0, inconclusive: 0 };
  const few = (rate: number): number => n * rate + 7 * Math.sqrt(n * rate) + 8;
  for (let wins = 0; wins <= few(winRate); wins++) {
    for (let losses = 0; losses <= few(lossRate); losses++) {
      const equal = n - wins - losses;
      const probability = Math.exp(
        (logFactorial[n] ?? 0) -
          (logFactorial[wins] ?? 0) -
          (logFactorial[losses] ?? 0) -
          (logFactorial[equal] ?? 0) +
          wins * Math.log(winRate) +
          losses * Math.log(lossRate) +
          equal * Math.log(1 - winRate - lossRate),
      );
      if (probability < 1e-7) continue;
      const { low, high } = pairedDifferenceInterval(wins, losses, n, 0.95);
      rates[verdictOf(top1, 0.9, low, high)] += probability;
    }
  }
  return rates;
}

describe('judgeAccuracy by the bootstrap', () => {
  it('judges errors in percent of the base', () => {
    const random = createRandom(6);
    const base = Array.from({ length: 400 }, () => Math.abs(random.normal()));
    const by = (factor: number) =>
      judgeAccuracy(mae, scores(base), scores(base.map((error) => error * factor)), { seed: 1 });
    expect(by(1.005)).toMatchObject({ verdict: 'same', higherIsBetter: false });
    expect(by(1.05)).toMatchObject({ verdict: 'worse' });
    expect(by(0.95)).toMatchObject({ verdict: 'better' });
    expect(by(1.05).wins).toBeUndefined();
    const noisy = base.map((error, index) => error * (index % 2 ? 0.5 : 1.5));
    const judged = judgeAccuracy(mae, scores(base), scores(noisy), { seed: 1 });
    expect(judged).toMatchObject({ verdict: 'inconclusive' });
    expect(judged.neededSamples).toBeGreaterThan(400);
  });

  it('does not take few equal decisions for proof', () => {
    const rows = Array.from({ length: 60 }, (_, i) => [i % 2, i % 2, 2]).flat();
    const judged = judgeAccuracy(f1, scores(rows, 3), scores(rows, 3), { seed: 1 });
    expect(judged).toMatchObject({ value: 1, difference: 0, verdict: 'inconclusive' });
    expect(judged.low).toBeCloseTo(-(1 - 0.025 ** (1 / 60)), 6);
    expect(judged.neededSamples).toBeGreaterThan(700);
  });

  it('gives the value an interval of its own', () => {
    const judged = judgeAccuracy(
      mae,
      scores([1, 2, 3, 4, 5, 6, 7, 8]),
      scores([2, 1, 3, 4, 5, 6, 7, 9]),
      { seed: 1 },
    );
    expect(judged.valueLow).toBeLessThan(judged.value);
    expect(judged.valueHigh).toBeGreaterThan(judged.value);
  });
});

describe('compareAccuracy', () => {
  it("gives bounds at any confidence, for Holm's correction", () => {
    const evidence = compareAccuracy(top1, ...rightness(1000, 2, 12), { seed: 1 });
    expect(evidence.intervalAt(0.95).high).toBeLessThan(0);
    expect(evidence.intervalAt(0.999).high).toBeGreaterThan(0);
  });

  it('refuses other samples, none, and metrics that are not defined on them', () => {
    const [base, variant] = rightness(5, 0, 1);
    expect(() =>
      judgeAccuracy(top1, base, { ...variant, indices: [9, 8, 7, 6, 5] }, { seed: 1 }),
    ).toThrow(/do not match/);
    expect(() => judgeAccuracy(top1, scores([]), scores([]), { seed: 1 })).toThrow(
      /no sample to judge/,
    );
    const auc = METRICS.auc({ name: 'auc' });
    const positives = scores([1, 0.5, 1, 0.7], 2);
    expect(() => judgeAccuracy(auc, positives, positives, { seed: 1 })).toThrow(
      /auc is not defined on these 2 samples/,
    );
  });
});
