import { expect, it } from 'vitest';
import { METRICS } from '../../../shared/measure/metrics/metrics.ts';
import { floats, score, value } from './outputs.ts';

const mae = METRICS.mae({ name: 'mae' });
const mse = METRICS.mse({ name: 'mse' });

it('is the mean over the elements of a sample, then over samples', () => {
  expect(score(mae, floats([1, 2], 1, 5), [2, 2])).toEqual([2]);
  expect(score(mse, floats([1, 2], 1, 5), [2, 2])).toEqual([5]);
  expect(
    value(mae, [
      [floats([1, 1], 1), 2],
      [floats([1, 1], 1), 4],
    ]),
  ).toBe(2);
  expect(
    score(mae, floats([1, 2, 2], 1, 2, 3, 4), [
      [1, 2],
      [3, 0],
    ]),
  ).toEqual([1]);
  expect(score(mae, floats([1, 2], 1, 5), floats([2], 1, 4))).toEqual([0.5]);
  expect(mae.isErrorMetric && !mae.higherIsBetter).toBe(true);
});

it('refuses texts, other sizes, and outputs that are no numbers', () => {
  expect(() => score(mae, floats([1, 1], 1), 'two')).toThrow(/holds no numbers/);
  expect(() => score(mae, floats([1, 2], 1, 2), 1)).toThrow(/no output fits the labels/);
  expect(() => score(mse, floats([1, 1], Number.NaN), 1)).toThrow(/holds NaN or infinity/);
});
