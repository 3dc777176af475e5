import { expect, test } from 'vitest';
import { planLessons, planNetworks, planTrained } from '../../shared/pipeline/plan-training.ts';
import { trainedRecipe } from '../../shared/pipeline/training/recipe.ts';
import { digitsJob } from './inline-context.ts';

const titles = (shards: readonly { readonly title: string }[]) => shards.map(({ title }) => title);

test('a network is planned once, whatever is made of it', () => {
  const job = digitsJob({ variants: ['slim-50', 'slim-50+int8', 'int8'], train: { epochs: 8 } });
  expect(titles(planLessons(job))).toEqual(['training: trainable form, samples and labels']);
  expect(titles(planNetworks(job))).toEqual([
    'slim-50: choose and take out',
    'slim-50: train, 8 epochs',
  ]);
});

test('rounds of a pruning are epochs, too; a student is trained twice', () => {
  const epochs = (variant: string) =>
    planNetworks(digitsJob({ variants: [variant], train: { epochs: 8 } })).map(
      ({ times }) => times,
    );
  expect(epochs('pruned-90')).toEqual([undefined, 12]);
  expect(epochs('distilled')).toEqual([undefined, 8, undefined, 8, undefined]);
});

test('a teacher that was given is read', () => {
  const train = { teacher: 'big.keras' };
  expect(titles(planLessons(digitsJob({ variants: ['distilled'], train })))).toContain(
    'training: read the teacher',
  );
  expect(planLessons(digitsJob({ variants: ['int8'], train }))).toEqual([]);
});

test.each([
  ['slim-50', ['x: finish']],
  ['slim-50+int4', ['x: compress']],
  ['int4-qat', ['x: plan the rounding', 'x: train in 4 bits, 2 epochs']],
])('%s ends with %j', (variant, wanted) => {
  const { train } = digitsJob({ variants: [variant], train: { epochs: 8 } });
  const recipe = trainedRecipe(variant);
  const shards = recipe && planTrained({ variant, hardware: 'x64', title: 'x' }, recipe, train);
  expect(titles(shards ?? [])).toEqual(wanted);
});

test('no two shards have one name', () => {
  const job = digitsJob({ variants: ['slim-50', 'pruned-90', 'distilled', 'int8-qat'] });
  const ids = [...planLessons(job), ...planNetworks(job)].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
