import { afterAll, expect, test } from 'vitest';
import { trainValidateStep } from '../../../shared/pipeline/steps/train-validate.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { trainingWork } from '../_training-work.ts';

afterAll(closeSharedProcess);

test('the loss of a network that knows the digits is small; without one asked for there is no metric', async () => {
  const work = await trainingWork();
  const output = await trainValidateStep.run(
    {
      ...{ model: work.form, samples: work.data, loss: work.loss },
      reference: work.source.artifact,
    },
    work.tools(),
  );
  expect(output).toEqual({ loss: expect.closeTo(0, 1) });
});

test('on selection samples the metric of the report is told, too', async () => {
  const data = {
    training: { path: 'calibration.npz' },
    all: { path: 'test.npz' },
  };
  const work = await trainingWork({ data });
  const output = await trainValidateStep.run(
    {
      ...{ model: work.form, samples: work.data, loss: work.loss, metric: { name: 'top1' } },
      reference: work.source.artifact,
    },
    work.tools(),
  );
  expect(output.score).toBeGreaterThan(0.95);
  expect(output.loss).toBeLessThan(0.3);
});
