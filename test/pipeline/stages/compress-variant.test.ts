import { expect, test } from 'vitest';
import {
  compressInput,
  compressVariant,
} from '../../../shared/pipeline/stages/compress-variant.ts';
import { artifact, fakeWork, inputsOf } from './train/_fake-work.ts';

const order = { model: artifact('m'), variant: 'int8', hardware: 'x64', id: 'x' } as const;

test('a variant is made of the model that is given, on the samples that choices may see', async () => {
  const fake = fakeWork();
  expect(await compressVariant(fake.work, order)).toMatchObject({ model: artifact('compressed') });
  expect(inputsOf(fake, 'compress')).toMatchObject([
    { model: artifact('m'), variant: 'int8', metric: { name: 'top1' } },
  ]);
});

test('without samples to calibrate on, the source says how large values are', () => {
  const { work } = fakeWork();
  expect(compressInput(work, order)).not.toHaveProperty('source');
  const counts = { ...work.samples.facts.counts, calibration: 0 };
  const samples = { ...work.samples, facts: { ...work.samples.facts, counts } };
  expect(compressInput({ ...work, samples }, order)).toMatchObject({ source: artifact('source') });
});
