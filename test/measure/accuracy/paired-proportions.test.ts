import { describe, expect, it } from 'vitest';
import {
  mcnemarPValue,
  pairedDifferenceInterval,
} from '../../../shared/measure/accuracy/paired-proportions.ts';

const logFactorial = [0];
for (let n = 1; n <= 500; n++) logFactorial.push((logFactorial[n - 1] ?? 0) + Math.log(n));

/** Share of all samples of size n, weighted by their probability, whose interval holds the true difference: exact, no simulation. */
function coverage(
  n: number,
  winRate: number,
  lossRate: number,
  interval: typeof pairedDifferenceInterval,
): number {
  const truth = winRate - lossRate;
  let covered = 0;
  for (let wins = 0; wins <= n; wins++) {
    for (let losses = 0; wins + losses <= n; losses++) {
      const equal = n - wins - losses;
      const logProbability =
        (logFactorial[n] ?? 0) -
        (logFactorial[wins] ?? 0) -
        (logFactorial[losses] ?? 0) -
        (logFactorial[equal] ?? 0) +
        (wins > 0 ? wins * Math.log(winRate) : 0) +
        (losses > 0 ? losses * Math.log(lossRate) : 0) +
        equal * Math.log(1 - winRate - lossRate);
      const probability = Math.exp(logProbability);
      if (!(probability > 1e-7)) continue;
      const { low, high } = interval(wins, losses, n, 0.95);
      if (low <= truth + 1e-12 && truth - 1e-12 <= high) covered += probability;
    }
  }
  return covered;
}

const RATES = [
  [0.005, 0.005],
  [0.02, 0.02],
  [0, 0.03],
  [0.02, 0.05],
  [0.05, 0.15],
  [0.001, 0.01],
  [0.1, 0.1],
] as const;

describe('pairedDifferenceInterval', () => {
  it.each([20, 50, 200])(
    'holds the true difference of %i samples in 94 % of cases at least, whatever the rates',
    (n) => {
      for (const [winRate, lossRate] of RATES) {
        expect(coverage(n, winRate, lossRate, pairedDifferenceInterval)).toBeGreaterThan(0.94);
      }
    },
  );

  it('does so where the intervals it replaces do not', () => {
    const wald: typeof pairedDifferenceInterval = (wins, losses, n) => {
      const d = (wins - losses) / n;
      const half = (1.96 * Math.sqrt((wins + losses) / n - d * d)) / Math.sqrt(n);
      return { low: d - half, high: d + half };
    };
    expect(coverage(50, 0, 0.03, wald)).toBeLessThan(0.8);
    expect(coverage(50, 0, 0.03, pairedDifferenceInterval)).toBeGreaterThan(0.99);
  });

  it('excludes 0 exactly where the exact McNemar test rejects', () => {
    for (const n of [60, 500]) {
      for (let wins = 0; wins <= 60; wins++) {
        for (let losses = 0; wins + losses <= 60; losses++) {
          const { low, high } = pairedDifferenceInterval(wins, losses, n, 0.95);
          expect(low > 0 || high < 0).toBe(mcnemarPValue(wins, losses) < 0.05);
        }
      }
    }
  });

  it('ends where the score statistic is ±1.96, its variance from the likelihood searched by brute force', () => {
    for (const [wins, losses, n] of [
      [40, 12, 200],
      [9, 1, 50],
      [2, 30, 400],
    ] as const) {
      const { low, high } = pairedDifferenceInterval(wins, losses, n, 0.95);
      const score = (difference: number): number => {
        const logLikelihood = (rate: number): number =>
          wins * Math.log(rate + difference) +
          losses * Math.log(rate) +
          (n - wins - losses) * Math.log(1 - 2 * rate - difference);
        let from = Math.max(0, -difference) + 1e-12;
        let to = (1 - difference) / 2 - 1e-12;
        for (let i = 0; i < 200; i++) {
          const third = (to - from) / 3;
          if (logLikelihood(from + third) < logLikelihood(to - third)) from += third;
          else to -= third;
        }
        return (
          (wins - losses - n * difference) /
          Math.sqrt(n * (2 * from + difference * (1 - difference)))
        );
      };
      expect(score(low)).toBeCloseTo(1.959964, 3);
      expect(score(high)).toBeCloseTo(-1.959964, 3);
    }
  });

  it('turns with its sides, widens with its confidence, and stays within ±1', () => {
    for (const [wins, losses, n] of [
      [3, 9, 40],
      [0, 0, 5],
      [1, 0, 1],
      [40, 0, 40],
    ] as const) {
      const one = pairedDifferenceInterval(wins, losses, n, 0.95);
      const other = pairedDifferenceInterval(losses, wins, n, 0.95);
      expect(one.low).toBeCloseTo(-other.high, 9);
      const wider = pairedDifferenceInterval(wins, losses, n, 0.999);
      expect(wider.low).toBeLessThanOrEqual(one.low);
      expect(wider.high).toBeGreaterThanOrEqual(one.high);
      expect(Math.max(-wider.low, wider.high)).toBeLessThanOrEqual(1);
    }
  });
});

describe('mcnemarPValue', () => {
  it('is the two-sided binomial test of the discordant pairs', () => {
    expect(mcnemarPValue(0, 0)).toBe(1);
    expect(mcnemarPValue(0, 5)).toBeCloseTo(0.0625, 10);
    expect(mcnemarPValue(6, 0)).toBeCloseTo(0.03125, 10);
    // 2 · P(X ≤ 2), X ~ B(12, ½) = 2 · 79 / 4096.
    expect(mcnemarPValue(2, 10)).toBeCloseTo(158 / 4096, 10);
    expect(mcnemarPValue(7, 7)).toBe(1);
  });
});
