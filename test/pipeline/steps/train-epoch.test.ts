import { afterAll, expect, test } from 'vitest';
import type { Progress } from '../../../shared/pipeline/step.ts';
import { type EpochInput, trainEpochStep } from '../../../shared/pipeline/steps/train-epoch.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { type TrainingWork, trainingWork } from '../_training-work.ts';

afterAll(closeSharedProcess);

const inputOf = ({ form, data, loss, count }: TrainingWork): EpochInput => ({
  ...{ model: form, samples: data, loss, count, epoch: 1, epochs: 2, batch: 128, rate: 0.01 },
  ...{ keepsZeros: false, seed: 0 },
});

test('an epoch gives the next network and the state that the next one begins with', async () => {
  const work = await trainingWork();
  const told: Progress[] = [];
  const tools = { ...work.tools(), progress: (progress: Progress) => told.push(progress) };
  const first = await trainEpochStep.run(inputOf(work), tools);
  if (first.status !== 'done') throw new Error('it diverged');
  expect(first.model.digest).not.toBe(work.form.digest);
  expect(trainEpochStep.blobs(first)).toEqual([first.model.digest, first.state]);
  expect(told.at(-1)).toMatchObject({
    fraction: 1,
    detail: expect.stringMatching(/^loss [\d.e+-]+ · [\d,]+ samples\/s$/),
  });
  const next = { ...inputOf(work), model: first.model, state: first.state, epoch: 2 };
  const second = await trainEpochStep.run(next, work.tools());
  expect(second).toMatchObject({ status: 'done', validation: expect.any(Number) });
  // Numbers that are none any more are said.
  const output = await trainEpochStep.run({ ...inputOf(work), rate: 1e30 }, work.tools());
  expect(output).toEqual({ status: 'diverged' });
});

test('what it takes follows the count of samples', () => {
  const of = (samples: number) => trainEpochStep.estimate({ bytes: 1e6, samples }).seconds;
  expect(of(60_000)).toBeGreaterThan(5 * of(6_000));
  expect(trainEpochStep.workload?.({ model: { bytes: 5 }, count: 7 } as EpochInput)).toEqual({
    bytes: 5,
    samples: 7,
  });
});
