import { describe, expect, it } from 'vitest';
import { METRICS } from '../../../shared/measure/metrics/metrics.ts';
import { floats, table, value } from './outputs.ts';

const f1 = METRICS.f1({ name: 'f1' });
const says = (...classes: [said: number, is: number][]) =>
  classes.map(
    ([said, is]) => [floats([1, 3], ...[0, 1, 2].map((k) => Number(k === said))), is] as const,
  );

describe('f1', () => {
  it('of two classes is that of class 1', () => {
    const binary = ([0.9, 0.8, 0.2, 0.1, 0.7] as const).map(
      (p, i) => [floats([1, 1], p), [1, 0, 1, 0, 1][i] ?? 0] as const,
    );
    // Two hits, one false alarm, one miss: 2·2 / (2·2 + 1 + 1).
    expect(value(f1, binary)).toBeCloseTo(4 / 6, 12);
    expect(value(f1, [[floats([1, 1], 0.1), 0]])).toBe(0);
  });

  it('of more is the mean over the classes that occur', () => {
    // Class 0: 2·1/(2+1) = 2/3, class 1: 2·1/(1+2) = 2/3, class 2: 1.
    expect(value(f1, says([0, 0], [0, 1], [1, 1], [2, 2]))).toBeCloseTo(
      (2 / 3 + 2 / 3 + 1) / 3,
      12,
    );
    // Class 2 occurs nowhere.
    expect(value(f1, says([0, 0], [1, 1]))).toBe(1);
  });

  it('counts samples by their weight', () => {
    const samples = says([0, 0], [0, 1], [1, 1]);
    const [a, b, c] = samples;
    expect(f1.aggregate(table(f1, samples), [0, 2, 3])).toBeCloseTo(
      value(f1, [b!, b!, c!, c!, c!]),
      12,
    );
    expect(f1.aggregate(table(f1, samples), [1, 0, 0])).toBe(value(f1, [a!]));
  });
});
