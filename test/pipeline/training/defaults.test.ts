import { expect, test } from 'vitest';
import {
  epochsFor,
  LEAST_PRECISION_EPOCHS,
  MOST_EPOCHS,
  rateFor,
  shortened,
} from '../../../shared/pipeline/training/defaults.ts';

test.each([
  [100, MOST_EPOCHS],
  [20_000, 14],
  [58_000, 5],
  [200_000, 3],
])('%d samples: %d epochs', (samples, epochs) => {
  expect(epochsFor(samples)).toBe(epochs);
});

test('first stages and integers take a quarter, and never more than asked for', () => {
  expect([1, 2, 5, 40].map((epochs) => shortened(epochs))).toEqual([1, 1, 1, 10]);
  const precision = (epochs: number) => shortened(epochs, LEAST_PRECISION_EPOCHS);
  expect([1, 2, 5, 40].map(precision)).toEqual([1, 2, 2, 10]);
});

test('rates are those of AdamW', () => {
  const rates = (['network', 'int4-qat', 'int8-qat'] as const).map(rateFor);
  expect(rates).toEqual([3e-3, 1e-3, 1e-4]);
});
