import { expect, test } from 'vitest';
import { durationText } from '../../shared/report/duration-text.ts';

test('says how much was known from before', () => {
  expect(durationText({ seconds: 12.3 })).toBe('12.3 s');
  expect(durationText({ seconds: 12.3, steps: { run: 9, known: 0 } })).toBe('12.3 s');
  expect(durationText({ seconds: 12.3, steps: { run: 9, known: 5 } })).toBe(
    '12.3 s, 5 of 14 steps known from before',
  );
  expect(durationText({ seconds: 0.2, steps: { run: 0, known: 14 } })).toBe(
    '0.200 s, everything known from before',
  );
});
