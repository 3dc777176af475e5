import { expect, test } from 'vitest';
import { networkOf, teacherOf } from '../../../../shared/pipeline/stages/train/networks.ts';
import { artifact, FACTS, fakeWork, inputsOf } from './_fake-work.ts';

const described = (input: string, output: string, classes = 10) => ({
  opset: 17,
  inputs: [{ name: input, type: 'float32', shape: ['n', 10] }],
  outputs: [{ name: output, type: 'float32', shape: ['n', classes] }],
  facts: FACTS,
  sourceOps: 1,
  notes: [],
});

const teacher = { artifact: artifact('big'), format: 'keras', shown: 'big.keras' } as const;
const read = { import: () => ({ model: artifact('imported'), producer: 'k', notes: [] }) };

test('a teacher of another format and other names is read, renamed, and made fast', async () => {
  const fake = fakeWork({
    networks: { teacher },
    answers: {
      ...read,
      describe: () => described('image', 'probs'),
      rename: () => ({ model: artifact('renamed') }),
      prepare: () => ({ ...described('x', 'y'), model: artifact('fast'), passes: {} }),
    },
  });
  expect(await teacherOf(fake.work)).toEqual({ model: artifact('fast'), shown: 'big.keras' });
  expect(inputsOf(fake, 'rename')).toEqual([
    { model: artifact('imported'), names: { inputs: { image: 'x' }, outputs: { probs: 'y' } } },
  ]);
});

test('without one the float32 form teaches', async () => {
  const fake = fakeWork();
  expect(await teacherOf(fake.work)).toEqual({
    model: artifact('float32'),
    shown: 'the source model',
  });
  expect(await networkOf(fake.work, 'student')).toBeUndefined();
  expect(fake.asked).toEqual([]);
});

test('one that does not fit is refused, by its own name', async () => {
  const { work } = fakeWork({
    networks: { student: { ...teacher, shown: 'small.keras' } },
    answers: { ...read, describe: () => described('x', 'y', 7) },
  });
  // Outputs of one name and other sizes are seen by the check of the loss.
  await networkOf(work, 'student');
  const other = fakeWork({
    networks: { student: { ...teacher, shown: 'small.keras' } },
    answers: {
      ...read,
      describe: () => ({ ...described('x', 'y'), outputs: [] }),
    },
  });
  await expect(networkOf(other.work, 'student')).rejects.toMatchObject({
    exitCode: 2,
    where: 'small.keras',
    message: expect.stringContaining('the student does not fit the model'),
  });
});
