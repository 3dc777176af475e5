import { expect, test } from 'vitest';
import { elapsedText, endText, runningText } from '../../../shared/pipeline/progress/task-line.ts';

test('elapsed times', () => {
  expect([0.04, 9.96, 12.3, 65].map(elapsedText)).toEqual(['0.0 s', '10.0 s', '12 s', '1 min 5 s']);
});

test('a running task says what it expects: by the plan, then by the fraction', () => {
  expect(runningText('int8', 3, 30, {})).toBe('int8 · 3.0 s of about 30 s');
  expect(runningText('int8', 3, 30, { fraction: 0.25, detail: '32 of 128' })).toBe(
    'int8 · 3.0 s of about 12 s · 32 of 128',
  );
  expect(runningText('int8', 40, 30, {})).toBe('int8 · 40 s');
  expect(runningText('int8', 0.5, 1, {})).toBe('int8 · 0.5 s');
});

test('every end', () => {
  expect(endText('int8', 2, { kind: 'done', note: '45 kB' })).toBe('int8 · 2.0 s · 45 kB');
  expect(endText('int8', 2, { kind: 'cached' })).toBe('int8 · known from before');
  expect(endText('int8', 2, { kind: 'skipped', reason: 'no Conv' })).toBe(
    'int8 · skipped: no Conv',
  );
  // The message itself stands below, where the command ends with it, or in the report.
  expect(endText('int8', 2, { kind: 'failed', reason: 'it broke' })).toBe('int8 · failed');
});
