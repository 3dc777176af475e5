import { expect, test } from 'vitest';
import {
  compareWithLabels,
  teacherTaskId,
} from '../../../../shared/pipeline/stages/train/compare-teacher.ts';
import type { TrainedRecipe } from '../../../../shared/pipeline/training/recipe.ts';
import { artifact, fakeWork, inputsOf } from './_fake-work.ts';

const RECIPE: TrainedRecipe = { isDistilled: true, removals: [{ kind: 'slim', percent: 50 }] };

test('the same student is trained on labels alone, and judged on the evaluation samples', async () => {
  // It had time for three of its epochs, and so has the other, however long they take.
  const fake = fakeWork({ settings: { train: { epochs: 9, minutes: 0.01 } }, seconds: 60 });
  const outcome = await compareWithLabels(fake.work, RECIPE, artifact('student'), [3]);
  expect(inputsOf(fake, 'train-epoch').map(({ loss }) => loss)).toEqual(
    Array(3).fill({ kind: 'classes', output: 'y', form: 'numbers', scale: 'logits', axis: -1 }),
  );
  expect(inputsOf(fake, 'score')).toMatchObject([
    { model: artifact('finished'), part: 'evaluation' },
    { model: artifact('student'), part: 'evaluation' },
  ]);
  expect(outcome).toMatchObject({
    ...{ metric: 'top1', value: 0.93, difference: 0.02, low: 0.01, high: 0.03, verdict: 'better' },
    epochs: [{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }],
  });
});

test('without labels there is nothing to compare with', async () => {
  const fake = fakeWork({ hasLabels: false });
  expect(await compareWithLabels(fake.work, RECIPE, artifact('student'), [3])).toBeUndefined();
  expect(fake.asked).toEqual([]);
  expect(teacherTaskId(RECIPE)).toContain('distilled+slim-50');
});
