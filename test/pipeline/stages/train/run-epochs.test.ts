import { expect, test } from 'vitest';
import { type EpochsPlan, runEpochs } from '../../../../shared/pipeline/stages/train/run-epochs.ts';
import type { Progress } from '../../../../shared/pipeline/step.ts';
import { trainEpochStep } from '../../../../shared/pipeline/steps/train-epoch.ts';
import type { PartOptions, RunPart } from '../../../../shared/pipeline/task-runner.ts';
import { artifact } from './_fake-work.ts';

interface Told {
  readonly epoch: number;
  readonly epochs: number;
  readonly rate: number;
  readonly model: string;
  readonly state?: string;
  readonly shown: Progress;
}

/** Epochs with these validation losses, each of so many seconds; NaN: it diverges. */
async function run(
  validations: readonly number[],
  plan: Partial<EpochsPlan> = {},
  { seconds = 1, start = 10 }: { seconds?: number; start?: number | 'none' } = {},
) {
  const told: Told[] = [];
  const part: RunPart = async (step, input, { took, shown }: PartOptions = {}) => {
    const { epoch, epochs, rate, model, state } = trainEpochStep.input.parse(input);
    const one = shown?.({ fraction: 0.5, detail: 'loss 1' }) ?? {};
    told.push({ epoch, epochs, rate, model: model.digest, ...(state && { state }), shown: one });
    took?.(seconds);
    const validation = validations[told.length - 1] ?? 1;
    return step.output.parse(
      Number.isNaN(validation)
        ? { status: 'diverged' }
        : {
            status: 'done',
            model: artifact(`after ${told.length}`),
            state: artifact(`state ${told.length}`).digest,
            loss: validation,
            validation,
          },
    );
  };
  const epochs = plan.epochs ?? validations.length;
  const result = await runEpochs(
    part,
    {
      samples: { data: {}, split: artifact('split').digest, usesLabels: true },
      loss: { kind: 'classes', output: 'y', form: 'numbers', scale: 'logits', axis: -1 },
      ...{ count: 100, batch: 32, rate: 0.1, keepsZeros: false, seed: 0 },
    },
    { model: artifact('start'), validation: start === 'none' ? undefined : start },
    { epochs, before: 0, total: epochs, seconds: 600, minutes: 10, ...plan },
  );
  return { result, told };
}

test('the best is taken, and every epoch goes on from the one before', async () => {
  const { result, told } = await run([3, 1, 2]);
  expect(result).toMatchObject({ model: artifact('after 2'), best: 2, validation: 1, seconds: 3 });
  expect(result.stopped).toBeUndefined();
  expect(told.map(({ model }) => model)).toEqual(
    ['start', 'after 1', 'after 2'].map((name) => artifact(name).digest),
  );
  expect(told.map(({ state }) => state)).toEqual([
    undefined,
    artifact('state 1').digest,
    artifact('state 2').digest,
  ]);
});

test('where nothing is better than the start, the start is taken', async () => {
  const { result } = await run([3, 4], {}, { start: 2 });
  expect(result).toMatchObject({ model: artifact('start'), best: 0, validation: 2 });
});

test('five in a row that are not better end it', async () => {
  const { result, told } = await run([3, 1, 2, 2, 2, 2, 2, 0.5], { epochs: 20 });
  expect(told).toHaveLength(7);
  expect(result.stopped).toBe('stopped after 7 of 20 epochs: 5 in a row were not better');
});

test('a loss that is no number goes back to the best once, at a quarter of the rate', async () => {
  const { result, told } = await run([3, Number.NaN, 2, 1], { epochs: 3 });
  expect(told.map(({ epoch, rate }) => [epoch, rate])).toEqual([
    [1, 0.1],
    [2, 0.1],
    [2, 0.025],
    [3, 0.025],
  ]);
  expect(told[2]).toMatchObject({ model: artifact('after 1').digest });
  expect(told[2]?.state).toBeUndefined();
  expect(result).toMatchObject({
    best: 3,
    stopped: 'the loss was no number any more in epoch 2: it went on at a quarter of the rate',
  });
});

test('so does an epoch that leaves the network far worse than it was: its steps were too long', async () => {
  const { result, told } = await run([1.9, 2.1, 0.9, 2.2, 0.8], { epochs: 4 }, { start: 1 });
  expect(told.map(({ epoch, rate }) => [epoch, rate])).toEqual([
    [1, 0.1],
    [2, 0.1],
    [2, 0.025],
    [3, 0.025],
    [4, 0.025],
  ]);
  expect(told[2]).toMatchObject({ model: artifact('start').digest });
  expect(result).toMatchObject({
    best: 4,
    stopped:
      'the validation loss was 2.10 after 1.00 at the start in epoch 2: it went on at a quarter of the rate',
  });
});

test('the second time it ends, and says so', async () => {
  const { result, told } = await run([3, Number.NaN, 2, Number.NaN, 1], { epochs: 10 });
  expect(told).toHaveLength(4);
  expect(result.epochs).toHaveLength(2);
  expect(result.stopped).toMatch(
    /in epoch 2: it went on .*; the loss .* in epoch 3, .*ended there/,
  );
});

test('as many epochs as the time allows, by what the first took', async () => {
  const { result, told } = await run([5, 4, 3, 2, 1, 0.5], { seconds: 4 });
  expect(told.map(({ epochs }) => epochs)).toEqual([6, 4, 4, 4]);
  expect(result.stopped).toBe('stopped after 4 of 6 epochs by --minutes 10');
  expect(result.scheduled).toBe(4);
});

test('an epoch that was done again is paid for, and does not count as a slow one', async () => {
  const { told } = await run([9, 1, 1, 1, 1, 1, 1], { seconds: 5 }, { start: 2 });
  expect(told.map(({ epoch, epochs }) => `${epoch} of ${epochs}`)).toEqual([
    '1 of 7',
    '1 of 7',
    '2 of 4',
    '3 of 4',
    '4 of 4',
  ]);
});

test('an epoch that takes longer than all of them may is the last', async () => {
  const { result, told } = await run([5, 4, 3], { seconds: 2 }, { seconds: 3 });
  expect(told).toHaveLength(1);
  expect(result.stopped).toBe('stopped after 1 of 3 epochs by --minutes 10');
  expect(result.scheduled).toBe(1);
});

test('numbers go on over stages, and the display says where it is', async () => {
  const { result, told } = await run([2, 1], { before: 4, total: 6 });
  expect(result.epochs.map(({ epoch }) => epoch)).toEqual([5, 6]);
  expect(result.best).toBe(6);
  expect(told[1]?.shown).toEqual({
    fraction: 5.5 / 6,
    detail: 'epoch 6 of 6 · loss 1 · validation 2.00',
  });
});

test('a start that is no number is worse than any', async () => {
  const { result } = await run([1e6], {}, { start: 'none' });
  expect(result.best).toBe(1);
});
