import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { reportFrame, runJobs } from '../../shared/pipeline/run-jobs.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { digitsJob, inlineContext } from './inline-context.ts';

afterAll(closeSharedProcess);

test('one job’s error is thrown as it is, and the display is closed', async () => {
  let closed = 0;
  const context = inlineContext();
  const progress = { ...context.progress, close: async () => void closed++ };
  const run = runJobs(
    [digitsJob({}, 'none.onnx')],
    { ...context, progress },
    { folder: join(context.folder, 'out'), keepsGoing: false },
  );
  await expect(run).rejects.toMatchObject({ exitCode: 2 });
  expect(closed).toBe(1);
});

test('a report says what it was made with, and that a protocol was short', () => {
  const context = inlineContext();
  const times = { startedAt: '2026-01-01T00:00:00Z', seconds: 3 };
  expect(reportFrame(context, times)).toMatchObject({
    ...times,
    machine: { cpu: 'test' },
    tool: { runtime: 'test runtime' },
    protocol: expect.stringMatching(/^Short/),
  });
  expect(reportFrame({ ...context, protocol: 'full' }, times)).not.toHaveProperty('protocol');
});
