import { describe, expect, it } from 'vitest';
import { METRICS } from '../../../shared/measure/metrics/metrics.ts';
import { floats, ints, score, value } from './outputs.ts';

const top1 = METRICS.top1({ name: 'top1' });
const top5 = METRICS.top5({ name: 'top5' });

describe('top1', () => {
  it('is the share of right answers', () => {
    expect(
      value(top1, [
        [floats([1, 3], 1, 2, 0), 1],
        [floats([1, 3], 1, 2, 0), 0],
        [floats([1, 3], 9, 2, 0), 0],
        [floats([1, 3], 1, 2, 5), 2],
      ]),
    ).toBe(0.75);
  });

  it('thresholds one column, reads decisions, one-hot labels, and positions', () => {
    expect(score(top1, floats([1, 1], 0.6), 1)).toEqual([1]);
    expect(score(top1, floats([1, 1], 0.4), 1)).toEqual([0]);
    expect(score(top1, ints([1], 2), 2)).toEqual([1]);
    expect(score(top1, floats([1, 3], 1, 2, 0), [0, 1, 0])).toEqual([1]);
    expect(score(top1, floats([1, 2, 4], 1, 1, 0, 0, 0, 0, 1, 1), [0, 0, 1, 0])).toEqual([0.75]);
  });

  it('is never right where the scores are NaN', () => {
    expect(score(top1, floats([1, 2], Number.NaN, Number.NaN), 0)).toEqual([0]);
  });

  it('refuses labels out of range', () => {
    expect(() => score(top1, floats([1, 3], 1, 2, 0), 3)).toThrow(/out of range/);
    expect(() => score(top1, floats([1, 1], 0.2), 2)).toThrow(/knows 2 classes/);
  });
});

describe('top5', () => {
  const output = floats([1, 7], 6, 5, 4, 3, 2, 1, 0);
  it('is right among the five best, equals in class order', () => {
    expect([0, 4, 5].map((label) => score(top5, output, label)[0])).toEqual([1, 1, 0]);
    const equal = floats([1, 7], 1, 1, 1, 1, 1, 1, 1);
    expect([0, 4, 5].map((label) => score(top5, equal, label)[0])).toEqual([1, 1, 0]);
    expect(
      score(
        top5,
        floats([1, 7], Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 1, 1),
        5,
      ),
    ).toEqual([0]);
  });
});
