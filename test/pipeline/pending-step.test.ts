import { expect, it } from 'vitest';
import { PendingStep } from '../../shared/pipeline/pending-step.ts';
import { attempt } from '../../shared/pipeline/task-runner.ts';

it('a step that is awaited is no failed attempt', async () => {
  const work = () => Promise.reject(new PendingStep('compress'));
  await expect(attempt(work)).rejects.toBeInstanceOf(PendingStep);
  const broken = () => Promise.reject(new Error('compress'));
  expect(await attempt(broken)).toMatchObject({ status: 'failed' });
});
