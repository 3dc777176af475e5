import { expect, test } from 'vitest';
import {
  dampedDiagonal,
  factorOf,
} from '../../../../../shared/compress/quantize/int8/numbers/factor.ts';
import { correlated } from '../../_moments.ts';

test('the mean of the diagonal is added to it', () => {
  expect([...dampedDiagonal(Float64Array.of(1, 9, 9, 3), 2, 0.5)]).toEqual([2, 4]);
});

test('R gives the moments back, those with the largest inputs last', () => {
  const n = 7;
  const moments = correlated(n, 3);
  const diagonal = dampedDiagonal(moments, n, 0.01);
  const { order = new Int32Array(), upper = new Float64Array() } =
    factorOf(moments, diagonal) ?? {};
  const sizes = [...order].map((column) => diagonal[column] ?? 0);
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += (upper[k * n + i] ?? 0) * (upper[k * n + j] ?? 0);
      const [a, b] = [order[i] ?? 0, order[j] ?? 0];
      expect(sum).toBeCloseTo(a === b ? (diagonal[a] ?? 0) : (moments[a * n + b] ?? 0), 10);
      if (j < i) expect(upper[i * n + j]).toBe(0);
    }
});

test('inputs that are all 0, or no numbers, have none', () => {
  for (const value of [0, Number.NaN]) {
    const moments = new Float64Array(9).fill(value);
    expect(factorOf(moments, dampedDiagonal(moments, 3, 1))).toBeUndefined();
  }
});
