import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { resolveJob } from '../../../shared/pipeline/job.ts';
import { planComparison } from '../../../shared/pipeline/stages/compare-plan.ts';
import { readSides } from '../../../shared/pipeline/stages/side.ts';

const DIGITS = 'test/fixtures/tensorflow/digits_cnn';
const job = resolveJob({
  source: `${DIGITS}/model.keras`,
  folder: process.cwd(),
  settings: { variants: ['int8-weights'], ship: 'int8-weights' },
  where: String,
});

const idsOf = async (base: string | undefined): Promise<string[]> => {
  const file = base === undefined ? undefined : { path: resolve(DIGITS, base), shown: base };
  const sides = await readSides(job, file, {});
  return planComparison(sides, job, 'x64', { protocol: 'short' }).map(({ id }) => id);
};

test('variants are made of both sides; an ONNX model is prepared for them alone', async () => {
  expect(await idsOf('model.onnx')).toEqual([
    'import head',
    'prepare head',
    'shapes',
    'data',
    'verify head',
    'prepare base',
    'make int8-weights x64 base',
    'make int8-weights x64 head',
    'score evaluation',
    'memory',
    'latency',
  ]);
});

test('alone nothing is made', async () => {
  expect((await idsOf(undefined)).filter((id) => id.startsWith('make'))).toEqual([]);
});
