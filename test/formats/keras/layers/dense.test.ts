import { expect, it } from 'vitest';
import { casesOfFile, convertCase, errorOfCase, TOLERANCE } from '../_cases.ts';

it.each(casesOfFile('dense'))('$name gives what Keras gives', async (item) => {
  expect(await errorOfCase(item)).toBeLessThanOrEqual(TOLERANCE);
});

it('a kernel that is missing is told by the layer', () => {
  const [item] = casesOfFile('dense');
  expect(item).toBeDefined();
  if (!item) return;
  expect(() => convertCase({ ...item, weights: {} })).toThrow(/2 variables, and the file holds 0/);
});
