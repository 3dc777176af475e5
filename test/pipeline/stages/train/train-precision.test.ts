import { expect, test } from 'vitest';
import { trainPrecision } from '../../../../shared/pipeline/stages/train/train-precision.ts';
import { artifact, type FakeOptions, fakeWork, inputsOf, TAUGHT_BY_TEACHER } from './_fake-work.ts';

async function train(options: FakeOptions = {}) {
  const fake = fakeWork({ settings: { train: { epochs: 8 } }, ...options });
  const order = {
    model: artifact('finished'),
    variant: 'int8-qat',
    hardware: 'x64',
    id: 'x',
  } as const;
  return { fake, result: await trainPrecision(fake.work, order) };
}

test('rounding goes into the network, which is its own teacher, and integers come out', async () => {
  const { fake, result } = await train();
  expect(fake.order()).toEqual([
    'training-check',
    'qat-form',
    'train-validate',
    'train-epoch ×2',
    'train-validate',
    'qat-export',
  ]);
  expect(inputsOf(fake, 'train-epoch')[0]).toMatchObject({
    model: artifact('qat form'),
    teacher: artifact('finished'),
    trainable: ['w'],
    rate: 1e-4,
  });
  expect(inputsOf(fake, 'qat-export')[0]).toMatchObject({ model: artifact('epoch 2') });
  expect(result).toMatchObject({
    status: 'done',
    model: artifact('integers'),
    training: { name: 'int8-qat', against: 'the float32 form and labels', best: 2 },
  });
});

test('labels that no loss is known for leave the teacher', async () => {
  const { fake } = await train({
    answers: {
      'training-check': ({ samples }) =>
        JSON.stringify(samples).includes('"usesLabels":true')
          ? { status: 'skipped', reason: 'labels are texts', code: 3 }
          : TAUGHT_BY_TEACHER,
    },
  });
  expect(inputsOf(fake, 'train-epoch')[0]).toMatchObject({ samples: { usesLabels: false } });
});

test('what cannot be quantized is skipped before any epoch', async () => {
  const refused = { status: 'skipped', reason: 'no Conv', code: 3 };
  const { fake, result } = await train({ answers: { 'qat-form': () => refused } });
  expect(result).toEqual(refused);
  expect(inputsOf(fake, 'train-epoch')).toEqual([]);
});
