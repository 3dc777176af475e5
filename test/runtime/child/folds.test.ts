import { expect, test } from 'vitest';
import type { Tensor } from '../../../shared/base/tensor.ts';
import { Folds } from '../../../shared/runtime/child/folds.ts';

const reals = (...values: number[]): Tensor => ({
  type: 'float32',
  dims: [values.length],
  data: Float32Array.from(values),
});

test('elementwise folds: smallest, largest, sum in double precision; NaN is no extreme', () => {
  const folds = new Folds({ low: 'min', high: 'max', total: 'sum' });
  for (const row of [reals(1, Number.NaN), reals(Number.NaN, 5), reals(0.5, -2)])
    folds.add({ low: row, high: row, total: reals(16777216, 1) });
  expect(folds.results).toEqual({
    low: { fold: 'min', dims: [2], values: Float64Array.of(0.5, -2) },
    high: { fold: 'max', dims: [2], values: Float64Array.of(1, 5) },
    total: { fold: 'sum', dims: [2], values: Float64Array.of(3 * 16777216, 3) },
  });
});

test('histograms take outputs of any shape', () => {
  const folds = new Folds({ all: 'histogram' });
  folds.add({ all: reals(0, 1) });
  folds.add({ all: reals(2, 3, 4) });
  const { all } = folds.results;
  expect(all?.fold === 'histogram' && all.counts.zeros).toBe(1);
  expect(all?.fold === 'histogram' && all.counts.counts.reduce((a, b) => a + b)).toBe(4);
});

test('refuses what does not fit together', () => {
  const folds = new Folds({ total: 'sum' });
  expect(() => folds.add({})).toThrow(/not computed/);
  folds.add({ total: reals(1) });
  expect(() => folds.add({ total: reals(1, 2) })).toThrow(/was \[1\] before and is \[2\]/);
  const whole = { type: 'int64', dims: [1], data: BigInt64Array.of(1n) } as const;
  expect(() => folds.add({ total: whole })).toThrow(/int64, which cannot be folded/);
});
