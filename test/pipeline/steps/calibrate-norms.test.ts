import { afterAll, expect, test } from 'vitest';
import { calibrateNormsStep } from '../../../shared/pipeline/steps/calibrate-norms.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { trainingWork } from '../_training-work.ts';

afterAll(closeSharedProcess);

test('moments are those of the samples, the same every time', async () => {
  const work = await trainingWork();
  const input = { model: work.form, samples: work.data, seed: 0 };
  const first = await calibrateNormsStep.run(input, work.tools());
  expect(first.changed).toBe(true);
  expect(await calibrateNormsStep.run(input, work.tools())).toEqual(first);
});

test('a model without any stays as it is', async () => {
  const work = await trainingWork();
  const input = { model: work.prepared.model, samples: work.data, seed: 0 };
  expect(await calibrateNormsStep.run(input, work.tools())).toEqual({
    model: work.prepared.model,
    changed: false,
  });
});
