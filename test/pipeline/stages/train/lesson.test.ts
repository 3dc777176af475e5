import { expect, test } from 'vitest';
import { InputError } from '../../../../shared/base/errors.ts';
import {
  againstText,
  checkLessons,
  lossText,
  ownLesson,
  taughtBy,
} from '../../../../shared/pipeline/stages/train/lesson.ts';
import type { TrainedRecipe } from '../../../../shared/pipeline/training/recipe.ts';
import { artifact, type FakeOptions, fakeWork, inputsOf, TAUGHT_BY_TEACHER } from './_fake-work.ts';

const SLIM: TrainedRecipe = { isDistilled: false, removals: [{ kind: 'slim', percent: 50 }] };
const DISTILLED: TrainedRecipe = { ...SLIM, isDistilled: true };

test('labels teach, and a teacher beside them where they are few or it was asked for', () => {
  const counts = { calibration: 10, selection: 100, evaluation: 300 };
  const taught = (training: number, options: FakeOptions = {}, recipe = SLIM): string => {
    const { work } = fakeWork(options);
    const facts = { ...work.samples.facts, counts: { ...counts, training } };
    return taughtBy(recipe, { ...work, samples: { ...work.samples, facts } });
  };
  expect([19_999, 20_000].map((training) => taught(training))).toEqual(['both', 'labels']);
  expect(taught(60_000, {}, DISTILLED)).toBe('both');
  expect(taught(60_000, { settings: { train: { hard: 0.3 } } })).toBe('both');
  const teacher = { artifact: artifact('teacher'), format: 'onnx', shown: 'teacher.onnx' } as const;
  expect(taught(60_000, { networks: { teacher } })).toBe('both');
  expect(taught(4999, { settings: { train: { hard: 1 } } })).toBe('labels');
  expect(taught(4999, { settings: { train: { hard: 0 } } })).toBe('teacher');
  expect(taught(4999, { hasLabels: false })).toBe('teacher');
});

test('a lesson of labels asks for no teacher; one without names the source model', async () => {
  const own = fakeWork({ settings: { train: { hard: 1 } } });
  expect(await ownLesson(own.work, SLIM)).toMatchObject({
    form: artifact('form'),
    against: 'labels',
    counts: { training: 4000 },
  });
  expect(inputsOf(own, 'training-check')[0]).not.toHaveProperty('teacher');
  const bare = fakeWork({ hasLabels: false });
  expect(await ownLesson(bare.work, SLIM)).toMatchObject({ teacher: artifact('float32') });
  expect(inputsOf(bare, 'training-check')[0]).toMatchObject({ samples: { usesLabels: false } });
});

test('settings of a teacher reach the check', async () => {
  const train = { temperature: 4, hard: 0.2, features: { a: 'b' } };
  const fake = fakeWork({ settings: { train } });
  await ownLesson(fake.work, DISTILLED);
  expect(inputsOf(fake, 'training-check')[0]).toMatchObject(train);
});

test('labels that no loss is known for leave the teacher, and that is noted', async () => {
  const refused = { status: 'skipped', reason: 'labels are texts', code: 3 };
  const fake = fakeWork({
    answers: {
      'training-check': (input) =>
        (input.samples as { usesLabels: boolean }).usesLabels ? refused : TAUGHT_BY_TEACHER,
    },
  });
  expect(await ownLesson(fake.work, SLIM)).toMatchObject({
    against: 'the source model',
    notes: ['labels were not used: labels are texts'],
  });
  const hopeless = fakeWork({ answers: { 'training-check': () => refused } });
  expect(await ownLesson(hopeless.work, SLIM)).toEqual(refused);
});

test('every trained variant is checked, others are not; a mistake goes through', async () => {
  const fake = fakeWork({ settings: { variants: ['int8', 'slim-50', 'distilled'] } });
  await checkLessons(fake.work);
  expect(inputsOf(fake, 'training-check')).toHaveLength(2);
  const bad = fakeWork({
    answers: {
      'training-check': () => {
        throw new InputError('class 3 has no sample');
      },
    },
  });
  await expect(checkLessons(bad.work)).rejects.toThrow('class 3 has no sample');
  const data = { training: { path: 't.npz' } };
  const named = fakeWork({
    settings: { data },
    answers: {
      'training-check': () => {
        throw new InputError('the label is NaN', { where: 'sample 3' });
      },
    },
  });
  await expect(checkLessons(named.work)).rejects.toMatchObject({
    where: expect.stringMatching(/t\.npz, sample 3$/),
  });
  const none = fakeWork({ settings: { variants: ['int8'] } });
  await checkLessons(none.work);
  expect(none.asked).toEqual([]);
});

test.each([
  [
    { kind: 'classes', output: 'y', form: 'numbers', scale: 'logits', axis: -1 },
    'cross-entropy',
    'labels',
  ],
  [{ kind: 'values', output: 'y', loss: 'huber' }, 'Huber loss', 'labels'],
  [
    {
      kind: 'teacher',
      outputs: [{ student: 'y', teacher: 'y', loss: 'probabilities', scale: 'logits', axis: -1 }],
      temperature: 2,
      hard: 0.5,
      labels: { kind: 'classes', output: 'y', form: 'numbers', scale: 'logits', axis: -1 },
    },
    'divergence with cross-entropy',
    'big.onnx and labels',
  ],
] as const)('losses have the names of the field', (loss, name, against) => {
  const spec = JSON.parse(JSON.stringify(loss));
  expect(lossText(spec)).toBe(name);
  expect(againstText(spec, 'big.onnx')).toBe(against);
});
