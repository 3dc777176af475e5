import { expect, it } from 'vitest';
import { cosineOf } from '../../shared/measure/cosine.ts';

it('is 1 for the same direction, defined for nothing, and never beyond ±1', () => {
  expect(cosineOf(24, 25, 25)).toBe(0.96);
  expect(cosineOf(-2, 1, 4)).toBe(-1);
  expect(cosineOf(2, 2, 2)).toBe(1);
  expect(cosineOf(0, 0, 0)).toBe(1);
  expect(cosineOf(0, 0, 3)).toBe(0);
  expect(cosineOf(0.1 + 0.2, 0.3, 0.3)).toBe(1);
  // Norms whose product overflows.
  expect(cosineOf(1e200, 1e200, 1e200)).toBe(1);
});
