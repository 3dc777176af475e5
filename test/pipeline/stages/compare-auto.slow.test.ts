import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { LimitError } from '../../../shared/base/errors.ts';
import { compareModels } from '../../../shared/pipeline/compare-models.ts';
import { resolveJob } from '../../../shared/pipeline/job.ts';
import { silentProgress } from '../../../shared/pipeline/progress.ts';
import { chooseForSide } from '../../../shared/pipeline/stages/compare-auto.ts';
import { TaskRunner } from '../../../shared/pipeline/task-runner.ts';
import { judgeReport } from '../../../shared/report/gate.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { digitsWork } from '../digits-work.ts';
import { EXAMPLES, inlineContext } from '../inline-context.ts';

afterAll(closeSharedProcess);

test('auto of either model is chosen as for itself, and the two choices are compared', async () => {
  const context = inlineContext();
  const path = join(context.folder, 'base.onnx');
  const source = join(EXAMPLES, 'digits.onnx');
  copyFileSync(source, path);
  const job = resolveJob({
    source,
    folder: context.folder,
    settings: {
      data: { all: { path: join(EXAMPLES, 'test.npz') } },
      variants: ['auto'],
      ship: 'auto',
      budget: { size: '-1%' },
      seconds: '200ms',
    },
    where: String,
  });
  const ended: string[] = [];
  const progress = { ...silentProgress, end: (id: string) => void ended.push(id) };
  const compared = await compareModels(job, { path, shown: 'base.onnx' }, { ...context, progress });
  const { models } = judgeReport(compared);
  expect(models[0]?.ship).toBe('auto');
  const row = models[0]?.variants.find(({ name }) => name === 'auto');
  // The same model: the same choice, and the same bytes.
  expect(row).toMatchObject({
    status: 'done',
    size: { ratio: 1 },
    latency: { verdict: expect.any(String) },
    accuracy: { difference: 0 },
    fidelity: { maxAbsError: 0 },
  });
  expect(row?.description).toMatch(/^(?:float|int)\d+/);
  expect(models[0]?.gates).toMatchObject([{ variant: 'auto', metric: 'size' }]);
  // Each search is one task, whatever it makes.
  expect(ended.filter((id) => id.includes('auto'))).toHaveLength(2);
  expect(ended.filter((id) => id.includes('float16'))).toEqual([]);
});

test('a search that cannot be done is the reason of its row', async () => {
  const work = await digitsWork({ variants: ['auto'] });
  const failure = new LimitError('the time ran out');
  const tasks = new TaskRunner(
    { execute: () => Promise.reject(failure), close: async () => {} },
    silentProgress,
  );
  const choice = await chooseForSide({ ...work, tasks }, 'x64', 'auto of the head');
  expect(choice).toMatchObject({ variant: 'auto', result: { status: 'failed', code: 4 } });
});
