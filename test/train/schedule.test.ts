import { expect, test } from 'vitest';
import { rateAt } from '../../shared/train/schedule.ts';

test('the rate rises over the first twentieth, and falls to a hundredth', () => {
  expect([1, 5, 10].map((step) => rateAt(step, 200, 1))).toEqual([0.1, 0.5, 1]);
  expect(rateAt(105, 200, 1)).toBeCloseTo(0.01 + 0.99 / 2, 10);
  expect(rateAt(200, 200, 1)).toBeCloseTo(0.01, 10);
  const rates = Array.from({ length: 190 }, (_, index) => rateAt(index + 11, 200, 1));
  expect(rates).toEqual(rates.toSorted((a, b) => b - a));
});

test('a single step is a whole one', () => {
  expect(rateAt(1, 1, 0.3)).toBe(0.3);
});
