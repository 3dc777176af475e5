import { expect, test } from 'vitest';
import { ageText } from '../../../shared/cli/remote/age.ts';

const then = new Date('2026-01-01T00:00:00Z');

test.each([
  [0, '0 seconds ago'],
  [61, '1 minute ago'],
  [7199, '1 hour ago'],
  [3 * 86_400, '3 days ago'],
  // Two clocks never agree.
  [-5, '0 seconds ago'],
])('%i seconds', (seconds, text) => {
  expect(ageText(then, new Date(then.getTime() + seconds * 1000))).toBe(text);
});
