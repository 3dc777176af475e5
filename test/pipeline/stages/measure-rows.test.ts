import { afterAll, expect, test } from 'vitest';
import {
  DefectError,
  InputError,
  LimitError,
  TimeLimitError,
  UnsupportedError,
} from '../../../shared/base/errors.ts';
import { silentProgress } from '../../../shared/pipeline/progress.ts';
import { Measurements } from '../../../shared/pipeline/stages/measure.ts';
import { measureRows, proveRows, timeRows } from '../../../shared/pipeline/stages/measure-rows.ts';
import type { DoneBuild } from '../../../shared/pipeline/stages/model-work.ts';
import { TaskRunner } from '../../../shared/pipeline/task-runner.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { digitsWork } from '../digits-work.ts';

afterAll(closeSharedProcess);

async function measureFailingWith(error: Error, run = measureRows): Promise<string[]> {
  const work = await digitsWork();
  const tasks = new TaskRunner(
    { execute: () => Promise.reject(error), close: async () => {} },
    silentProgress,
  );
  const build: DoneBuild = {
    variant: 'float32',
    hardware: 'x64',
    target: 'onnx',
    isRow: true,
    result: {
      status: 'done',
      value: { artifact: work.prepared.model, facts: { facts: work.prepared.facts, notes: [] } },
    },
  };
  const measurements = new Measurements();
  await run({ ...work, tasks }, [build], measurements);
  return measurements.any(work.prepared.model)?.notes ?? [];
}

const both: typeof measureRows = async (...all) => {
  await proveRows(...all);
  await timeRows(...all);
};

test('a limit costs the numbers and is noted once each, where there are files to keep', async () => {
  const limit = new LimitError('memory ran out', { hint: 'Raise --memory.' });
  const notes = await measureFailingWith(limit, both);
  expect(notes).toEqual([
    'not scored: memory ran out. Raise --memory.',
    'latency not measured: memory ran out. Raise --memory.',
  ]);
});

test('time that ran out for what all is compared with is thrown', async () => {
  const limit = new TimeLimitError('the time ran out');
  await expect(measureFailingWith(limit, proveRows)).rejects.toBe(limit);
});

test('where there are none a limit that leaves no number at all is thrown', async () => {
  const limit = new LimitError('the time ran out');
  await expect(measureFailingWith(limit)).rejects.toBe(limit);
});

test('a model is called by its variant, not by its digest', async () => {
  const { prepared } = await digitsWork();
  const failure = new LimitError(`memory ran out while running ${prepared.model.digest}`);
  expect(await measureFailingWith(failure, both)).toContain(
    'not scored: memory ran out while running float32',
  );
});

test('wrong data and defects are thrown', async () => {
  await expect(measureFailingWith(new InputError('NaN'))).rejects.toThrow('NaN');
  await expect(measureFailingWith(new DefectError('lost'))).rejects.toThrow('lost');
});

test('a model that cannot be run at all is no row', async () => {
  const error = new UnsupportedError('no op my:Baz');
  await expect(measureFailingWith(error)).rejects.toBe(error);
});
