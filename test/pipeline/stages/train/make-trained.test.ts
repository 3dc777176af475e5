import { expect, test } from 'vitest';
import { makeTrained } from '../../../../shared/pipeline/stages/train/make-trained.ts';
import { trainedRecipe } from '../../../../shared/pipeline/training/recipe.ts';
import { artifact, type FakeOptions, fakeWork, inputsOf } from './_fake-work.ts';

async function make(variant: string, options: FakeOptions = {}) {
  const fake = fakeWork({ settings: { train: { epochs: 2 } }, ...options });
  const recipe = trainedRecipe(variant);
  if (!recipe) throw new Error(`${variant} is not trained`);
  const order = { variant, hardware: 'x64', id: 'make it' } as const;
  return { fake, made: await makeTrained(fake.work, recipe, order) };
}

test('a network alone is finished as float32', async () => {
  const { made } = await make('slim-50');
  expect(made).toMatchObject({
    status: 'done',
    value: {
      model: artifact('finished'),
      facts: { description: 'half of it goes', training: [{ name: 'slim-50' }] },
    },
  });
});

test('a precision is made of the finished network, by its own name', async () => {
  const { fake, made } = await make('slim-50+int8');
  expect(inputsOf(fake, 'compress')).toMatchObject([
    { model: artifact('finished'), variant: 'int8' },
  ]);
  expect(made).toMatchObject({
    value: { facts: { description: 'half of it goes; in 8 bits', training: [{}] } },
  });
});

test('a trained precision is trained after the network', async () => {
  const { fake, made } = await make('slim-50+int8-qat');
  expect(inputsOf(fake, 'qat-form')).toMatchObject([{ model: artifact('finished') }]);
  expect(made).toMatchObject({
    value: {
      model: artifact('integers'),
      facts: { training: [{ name: 'slim-50' }, { name: 'int8-qat' }] },
    },
  });
});

test('what has zeros tells what they save in a compressed file', async () => {
  const { fake, made } = await make('pruned-50');
  expect(inputsOf(fake, 'compressed-size').map(({ model }) => model)).toEqual([
    artifact('finished'),
    artifact('float32'),
  ]);
  expect(made).toMatchObject({ value: { facts: { compressed: { own: { gzip: 5, zstd: 4 } } } } });
});

test('a student is compared with itself on labels alone', async () => {
  const { made } = await make('distilled');
  expect(made).toMatchObject({
    value: { facts: { training: [{ withoutTeacher: { verdict: 'better' } }] } },
  });
});

test('what cannot be made trainable is skipped with the reason', async () => {
  const refused = { status: 'skipped', reason: 'it is quantized', code: 3 };
  const { made } = await make('slim-50', { answers: { 'training-form': () => refused } });
  expect(made).toEqual(refused);
});
