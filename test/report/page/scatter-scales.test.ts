import { describe, expect, it } from 'vitest';
import {
  scoreInterval,
  scoreScale,
  scoreTickText,
  timeInterval,
  timeScale,
  timeTicks,
  timeTickText,
} from '../../../shared/report/page/scatter-scales.ts';

const time = (ms: number) => ({ ms, sessions: 6, threads: 1, shapes: {} });
const top1 = { metric: 'top1', value: 0.99, base: 0.99, samples: 100 };

describe('times', () => {
  it('are linear while close, logarithmic when far apart', () => {
    const linear = timeScale([time(1), time(2), time(3)], 0, 100);
    expect(linear(2)).toBeCloseTo(50);
    const log = timeScale([time(1), time(10), time(100)], 0, 100);
    expect(log(10)).toBeCloseTo(50);
  });

  it('leave room for intervals, and for a single time', () => {
    const base = { ...time(1), baseMs: 1, low: 0.5, high: 2 };
    expect(timeInterval(base)).toEqual({ low: 0.5, high: 2 });
    expect(timeScale([base], 0, 100)(2)).toBeLessThan(100);
    expect(timeScale([time(1)], 0, 100)(1)).toBeCloseTo(50);
  });

  it('have few ticks, with their unit', () => {
    expect(timeTicks(timeScale([time(1), time(1000)], 0, 100), 6).length).toBeLessThanOrEqual(6);
    expect([0.05, 1.5, 2000].map(timeTickText)).toEqual(['50 µs', '1.5 ms', '2 s']);
  });
});

describe('scores', () => {
  it('a fraction does not go beyond 1, an error may', () => {
    expect(scoreInterval({ ...top1, low: -0.02, high: 0.03 })).toEqual({ low: 0.97, high: 1 });
    const mse = { ...top1, metric: 'mse', low: -0.02, high: 0.03 };
    expect(scoreInterval(mse)?.high).toBeCloseTo(1.02);
    expect(scoreInterval({ ...top1, low: Number.NEGATIVE_INFINITY, high: 1 })).toBeUndefined();
  });

  it('keep their place also when all are equal', () => {
    expect(scoreScale([top1, top1], 100, 0)(0.99)).toBeCloseTo(50);
  });

  it('ticks show as many decimals as they differ in', () => {
    expect(scoreTickText(top1, 0.975, [0.97, 0.975])).toBe('97.5%');
    expect(scoreTickText(top1, 0.9, [0.8, 0.9])).toBe('90%');
    expect(scoreTickText({ ...top1, metric: 'mse' }, -0.25, [-0.25, 0])).toBe('−0.3');
  });
});
