import { expect, test } from 'vitest';
import { ownLesson } from '../../../../shared/pipeline/stages/train/lesson.ts';
import {
  epochsTaskId,
  networkName,
  removalTaskId,
  trainNetwork,
} from '../../../../shared/pipeline/stages/train/train-network.ts';
import { trainedRecipe } from '../../../../shared/pipeline/training/recipe.ts';
import { artifact, type FakeOptions, type FakeWork, fakeWork, inputsOf } from './_fake-work.ts';

async function train(variant: string, options: FakeOptions = {}) {
  const fake: FakeWork = fakeWork({ settings: { train: { epochs: 4 } }, ...options });
  const recipe = trainedRecipe(variant, options.networks?.student !== undefined);
  if (!recipe) throw new Error(`${variant} is not trained`);
  const lesson = await ownLesson(fake.work, recipe);
  if ('status' in lesson) throw new Error(lesson.reason);
  return { fake, result: await trainNetwork(fake.work, recipe, lesson) };
}

test('importance, removal, norms, epochs: steps of their own, and each state is told', async () => {
  const { fake, result } = await train('slim-50');
  expect(fake.order().slice(2)).toEqual([
    'train-validate',
    'prune-plan',
    'prune-apply',
    'train-validate',
    'calibrate-norms',
    'train-validate',
    'train-epoch ×4',
    'train-validate',
  ]);
  expect(result).toMatchObject({
    status: 'done',
    model: artifact('epoch 4'),
    description: 'half of it goes',
    training: {
      name: 'slim-50',
      samples: 4000,
      planned: 4,
      best: 4,
      metric: 'top1',
      states: ['start', 'removed', 'norms', 'trained'].map((state) => ({ state, score: 0.5 })),
    },
  });
  // What was removed is trained from the state with new norms.
  expect(inputsOf(fake, 'train-epoch')[0]).toMatchObject({
    model: artifact('norms'),
    keepsZeros: false,
    batch: 32,
  });
});

test('much is pruned in rounds, with short trainings between; zeros stay', async () => {
  const { fake, result } = await train('pruned-90');
  expect(inputsOf(fake, 'prune-plan')).toHaveLength(3);
  expect(inputsOf(fake, 'train-epoch').map(({ epoch, epochs }) => [epoch, epochs])).toEqual([
    ...[1, 1].map((epoch) => [epoch, 1]),
    ...[1, 2, 3, 4].map((epoch) => [epoch, 4]),
  ]);
  expect(inputsOf(fake, 'train-epoch').every(({ keepsZeros }) => keepsZeros)).toBe(true);
  if (result.status !== 'done') throw new Error(result.reason);
  expect(result.training.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(result.training.states.map(({ stage }) => stage)).toContain('pruned-90');
  expect(result.training.plans).toHaveLength(3);
  expect(fake.notes).toContain('round 1 of 3: half of it goes');
});

test('where nothing can go, that is the answer', async () => {
  const refused = { status: 'skipped', reason: 'nothing can go', code: 3 };
  const { fake, result } = await train('slim-50', { answers: { 'prune-plan': () => refused } });
  expect(result).toEqual(refused);
  expect(inputsOf(fake, 'train-epoch')).toEqual([]);
});

test('a student that was given is trained as it is', async () => {
  const student = { artifact: artifact('small'), format: 'onnx', shown: 'small.onnx' } as const;
  const port = { type: 'float32', shape: ['n', 10] };
  const { fake, result } = await train('distilled', {
    networks: { student },
    answers: {
      describe: () => ({
        opset: 17,
        inputs: [{ ...port, name: 'x' }],
        outputs: [{ ...port, name: 'y' }],
        facts: { parameters: 1, ops: 1, coverage: { nodes: {} } },
        sourceOps: 1,
        notes: [],
      }),
    },
  });
  expect(inputsOf(fake, 'training-form')[0]).toMatchObject({ source: artifact('small') });
  expect(inputsOf(fake, 'prune-plan')).toEqual([]);
  expect(result).toMatchObject({ status: 'done', training: { planned: 4 } });
});

test('names tell networks apart, and what is made of them shares one', () => {
  const name = (variant: string) => {
    const recipe = trainedRecipe(variant);
    return recipe && networkName(recipe);
  };
  expect(name('slim-50+int8')).toBe(name('slim-50'));
  expect(name('distilled')).toBe('distilled+slim-50');
  expect(name('int8-qat')).toBe('');
  expect(removalTaskId('slim-50')).not.toBe(epochsTaskId('slim-50'));
});

test('generated inputs leave the moments of norms as they are', async () => {
  const { fake } = await train('slim-50', { isSynthetic: true, hasLabels: false });
  expect(inputsOf(fake, 'calibrate-norms')).toEqual([]);
  expect(inputsOf(fake, 'train-epoch').every(({ freezesNorms }) => freezesNorms)).toBe(true);
});
