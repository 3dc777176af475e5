import { expect, test } from 'vitest';
import {
  describeTraining,
  stateTitle,
  trainingNotes,
  unlikeSamples,
} from '../../shared/report/training-text.ts';
import { makeTraining } from './make-training.ts';

test('one sentence says what was done', () => {
  expect(describeTraining(makeTraining())).toBe(
    'Trained on 6,000 samples against labels, cross-entropy in batches of 64; epoch 2 of 3 was the best: 0.130 on 300 validation samples',
  );
});

test('a training that ended early, or brought nothing, says so', () => {
  expect(describeTraining(makeTraining({ planned: 20, stopped: 'no time left' }))).toMatch(
    /; no time left$/,
  );
  expect(describeTraining(makeTraining({ planned: 20 }))).toMatch(/; 20 epochs were planned$/);
  expect(describeTraining(makeTraining({ best: 0 }))).toContain(
    'none of 3 epochs was better than the state before',
  );
});

test('what re-estimation alone gave is told, in the unit of the metric', () => {
  expect(trainingNotes(makeTraining())).toEqual([
    'top-1 on 300 validation samples: at the start 97.0%, after removal 31.0%, with normalizations re-estimated, nothing trained 74.0%, after training 96.0%',
  ]);
  const { metric: _, ...unscored } = makeTraining();
  expect(trainingNotes(unscored)).toEqual([
    'cross-entropy on 300 validation samples: at the start 0.110, after removal 2.20, with normalizations re-estimated, nothing trained 0.900, after training 0.130',
  ]);
});

test('samples that are unlike those of the evaluation are told', () => {
  const states = [{ state: 'start', validation: 2, score: 0.51 }] as const;
  const unlike = makeTraining({ states: [...states] });
  const accuracy = { metric: 'top1', base: 0.989, samples: 450 };
  expect(unlikeSamples([unlike, makeTraining()], accuracy)).toEqual([
    'top-1 is 51.0% on the validation samples before anything is trained, and 98.9% on the evaluation samples: were both prepared alike (range of values, order of channels, labels)?',
  ]);
  expect(unlikeSamples([makeTraining()], accuracy)).toEqual([]);
  expect(unlikeSamples([unlike], { ...accuracy, base: 0.7 })).toEqual([]);
  // Another metric, no labels, and a student, which starts anywhere.
  expect(unlikeSamples([unlike], { ...accuracy, metric: 'mae' })).toEqual([]);
  expect(unlikeSamples([unlike], undefined)).toEqual([]);
  expect(unlikeSamples([makeTraining({ ...unlike, name: 'distilled' })], accuracy)).toEqual([]);
});

test('generated inputs and early ends are notes', () => {
  const notes = trainingNotes(
    makeTraining({ states: [], synthetic: true, stopped: 'out of time' }),
  );
  expect(notes).toEqual([expect.stringContaining('generated inputs'), 'out of time']);
});

test.each([
  ['better', 'distillation helped: +2.0 pp [+1.0 pp, +3.0 pp] against the same student'],
  ['worse', 'distillation did harm: +2.0 pp'],
  ['same', 'distillation made no difference: +2.0 pp'],
  ['inconclusive', 'it is not known whether distillation helped: +2.0 pp'],
] as const)('a teacher that was %s is called so', (verdict, start) => {
  const withoutTeacher = {
    loss: 'cross-entropy',
    epochs: [],
    metric: 'top1',
    value: 0.91,
    difference: 0.02,
    low: 0.01,
    high: 0.03,
    samples: 500,
    verdict,
  };
  const [note] = trainingNotes(makeTraining({ states: [], withoutTeacher }));
  expect(note).toContain(start);
  expect(note).toContain('trained on labels alone (91.0%)');
});

test('states of one stage of several name it', () => {
  expect(stateTitle({ state: 'removed', stage: 'pruned-75' })).toBe('pruned-75: after removal');
});
