import { expect, test } from 'vitest';
import { z } from 'zod';
import { InputError, LimitError } from '../../shared/base/errors.ts';
import type { ProgressPort, TaskEnd } from '../../shared/pipeline/progress.ts';
import type { Step } from '../../shared/pipeline/step.ts';
import { attempt, TaskRunner } from '../../shared/pipeline/task-runner.ts';
import { inlineContext } from './inline-context.ts';

const step: Step<number, number> = {
  name: 'double',
  version: 1,
  needs: 'cpu',
  runsModel: false,
  input: z.number(),
  output: z.number(),
  estimate: () => ({ memoryBytes: 0, seconds: 0 }),
  blobs: () => [],
  run: async (x) => {
    if (x < 0) throw new LimitError('too small', { hint: 'Give more.' });
    return 2 * x;
  },
};

function runner() {
  const ends: [string, TaskEnd][] = [];
  const progress: ProgressPort = {
    plan: () => {},
    start: () => {},
    update: () => {},
    end: (id, end) => ends.push([id, end]),
    close: async () => {},
  };
  return { ends, tasks: new TaskRunner(inlineContext().openExecutor({ sources: {} }), progress) };
}

test('a task ends as its step did: done, known, failed', async () => {
  const { ends, tasks } = runner();
  expect(await tasks.run('a', step, 2, { note: (output) => `gave ${output}` })).toBe(4);
  await tasks.run('b', step, 2);
  await expect(tasks.run('c', step, -1)).rejects.toThrow('too small');
  tasks.skip('d', 'no time');
  expect(ends).toEqual([
    ['a', { kind: 'done', note: 'gave 4' }],
    ['b', { kind: 'cached' }],
    ['c', { kind: 'failed', reason: 'too small. Give more.' }],
    ['d', { kind: 'skipped', reason: 'no time' }],
  ]);
});

test('a failure is a value, but for the user’s own mistakes', async () => {
  expect(await attempt(async () => 1)).toEqual({ status: 'done', value: 1 });
  expect(await attempt(() => Promise.reject(new LimitError('slow')))).toEqual({
    status: 'failed',
    reason: 'slow',
    code: 4,
  });
  await expect(attempt(() => Promise.reject(new InputError('NaN')))).rejects.toThrow('NaN');
});
