import { expect, test } from 'vitest';
import { roundUp } from '../../../shared/pipeline/verify/round-up.ts';

test.each([
  [0, '0'],
  [3.2e-7, '4e-7'],
  [9.1e-7, '1e-6'],
  [0.002, '0.002'],
  [1.2e-4, '2e-4'],
  [0.3, '0.3'],
  [1.01, '2'],
])('%d is within %s', (error, bound) => {
  expect(roundUp(error)).toBe(bound);
  expect(Number(roundUp(error))).toBeGreaterThanOrEqual(error);
});
