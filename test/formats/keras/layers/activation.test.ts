import { expect, it } from 'vitest';
import { casesOfFile, errorOfCase, TOLERANCE } from '../_cases.ts';

it.each(casesOfFile('activation'))('$name gives what Keras gives', async (item) => {
  expect(await errorOfCase(item)).toBeLessThanOrEqual(TOLERANCE);
});
