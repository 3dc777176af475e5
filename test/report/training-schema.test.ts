import { expect, test } from 'vitest';
import { trainingSchema } from '../../shared/report/training-schema.ts';
import { makeTraining } from './make-training.ts';

test('a training is what it is written as', () => {
  const training = makeTraining();
  expect(trainingSchema.parse(training)).toEqual(training);
});

test.each([
  ['a negative count', { samples: -1 }],
  ['a state of no name', { states: [{ state: 'tired', validation: 1 }] }],
  ['an epoch that was not measured', { epochs: [{ epoch: 1, loss: Number.NaN, validation: 1 }] }],
])('%s is refused', (_, change) => {
  expect(trainingSchema.safeParse({ ...makeTraining(), ...change }).success).toBe(false);
});
