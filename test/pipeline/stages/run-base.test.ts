import { afterAll, describe, expect, test } from 'vitest';
import {
  DefectError,
  InputError,
  LimitError,
  TimeLimitError,
  ToolError,
} from '../../../shared/base/errors.ts';
import { PendingStep } from '../../../shared/pipeline/pending-step.ts';
import { type ProgressPort, silentProgress } from '../../../shared/pipeline/progress.ts';
import { scoreBuilds } from '../../../shared/pipeline/stages/measure.ts';
import { runBase } from '../../../shared/pipeline/stages/run-base.ts';
import { TaskRunner } from '../../../shared/pipeline/task-runner.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { digitsWork } from '../digits-work.ts';

afterAll(closeSharedProcess);

/** Work in which every step fails with this. */
async function failing(error: Error) {
  const executor = { execute: () => Promise.reject(error), close: async () => {} };
  return { ...(await digitsWork()), tasks: new TaskRunner(executor, silentProgress) };
}

describe('a model that cannot be run', () => {
  test.each([
    new TimeLimitError('the time ran out'),
    new InputError('the labels are of another model'),
    new DefectError('lost'),
    new PendingStep('score'),
  ])('ends all of it: $name', async (error) => {
    await expect(runBase(await failing(error))).rejects.toBe(error);
  });

  test.each([new LimitError('memory ran out'), new ToolError('onnxruntime died')])(
    'has a row that says so: $name',
    async (error) => {
      await expect(runBase(await failing(error))).resolves.toBeUndefined();
    },
  );
});

test('is called by its name', async () => {
  const { prepared, job } = await digitsWork();
  const hex = prepared.model.digest.slice('sha256:'.length);
  const error = new TimeLimitError(`running ${hex}.onnx took longer than 600 s`);
  await expect(runBase(await failing(error))).rejects.toThrow(
    `running ${job.shownSource}.onnx took longer than 600 s`,
  );
});

test('is run once, and the task ends where its row is measured', async () => {
  const work = await digitsWork();
  const seen: string[] = [];
  const progress: ProgressPort = {
    ...silentProgress,
    start: (id) => seen.push(`${id} starts`),
    end: (id, { kind }) => seen.push(`${id}: ${kind}`),
  };
  const tasks = new TaskRunner(work.context.openExecutor({ sources: work.sources }), progress);
  await runBase({ ...work, tasks });
  expect(seen).toEqual(['score evaluation starts']);
  await scoreBuilds({ ...work, tasks }, [], 'evaluation');
  expect(seen.slice(1)).toEqual(['score evaluation starts', 'score evaluation: done']);
  expect(work.context.ran.filter((step) => step === 'score')).toEqual(['score']);
});
