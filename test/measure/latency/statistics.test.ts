import { describe, expect, it } from 'vitest';
import { median, quantile, sessionLogRatio } from '../../../shared/measure/latency/statistics.ts';

describe('quantile', () => {
  it('interpolates between values, whatever their order', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 0], 0.9)).toBe(9);
    expect(median([7])).toBe(7);
    expect(quantile([1, 2, 3], 0)).toBe(1);
    expect(quantile([1, 2, 3], 1)).toBe(3);
  });

  it('refuses nothing', () => {
    expect(() => median([])).toThrow('no values');
  });
});

describe('sessionLogRatio', () => {
  const backward = (sweep: number) => sweep % 2 === 1;

  it('is the logarithm of the ratio', () => {
    expect(sessionLogRatio([2, 4, 2, 4], [3, 6, 3, 6], backward)).toBeCloseTo(Math.log(1.5), 12);
  });

  it('is not moved by a burst that hits some sweeps', () => {
    const base = [1, 1, 1, 1, 1, 1, 50, 50, 1, 1];
    const variant = [1.1, 1.1, 30, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1];
    expect(sessionLogRatio(base, variant, backward)).toBeCloseTo(Math.log(1.1), 12);
  });

  it('cancels a drift that favours whoever comes first', () => {
    // The machine slows down by 1 % between the two visits of a sweep.
    const forward = { base: 1, variant: 1.01 };
    const back = { base: 1.01, variant: 1 };
    const base = Array.from({ length: 10 }, (_, i) => (backward(i) ? back : forward).base);
    const variant = Array.from({ length: 10 }, (_, i) => (backward(i) ? back : forward).variant);
    expect(sessionLogRatio(base, variant, backward)).toBeCloseTo(0, 12);
  });

  it('refuses unequal sweeps', () => {
    expect(() => sessionLogRatio([1, 1], [1], backward)).toThrow('come in pairs');
  });
});
