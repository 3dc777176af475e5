import { expect, test } from 'vitest';
import { planJob, planSchema, planTasks } from '../../shared/pipeline/plan.ts';
import { compressStep } from '../../shared/pipeline/steps/compress.ts';
import { trainEpochStep } from '../../shared/pipeline/steps/train-epoch.ts';
import { digitsJob, inlineContext } from './inline-context.ts';

const context = inlineContext();
const SMALL = { artifact: { bytes: 36_000 }, format: 'onnx' } as const;

test('every variant, target and measurement is a shard; the plan is valid and grows with the model', () => {
  const job = digitsJob({ variants: ['float16', 'int8', 'auto'], targets: ['onnx', 'ort'] });
  const plan = planJob(job, SMALL, context);
  expect(planSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  const titles = plan.shards.map(({ title }) => title);
  expect(titles).toContain('int8: compress');
  expect(titles).toContain('float16: build ort');
  expect(titles.some((title) => title.startsWith('auto'))).toBe(
    process.arch === 'x64' || process.arch === 'arm64',
  );
  const large = planJob(job, { artifact: { bytes: 400e6 }, format: 'onnx' }, context);
  expect(large.seconds).toBeGreaterThan(plan.seconds);
  expect(large.memoryBytes).toBeGreaterThan(plan.memoryBytes);
});

test('epochs are one shard of many steps', () => {
  const job = digitsJob({ variants: ['slim-50'], train: { epochs: 7 } });
  const { shards } = planJob(job, SMALL, context);
  const epochs = shards.find(({ step }) => step === 'train-epoch');
  const { seconds } = trainEpochStep.estimate({ bytes: SMALL.artifact.bytes });
  expect(epochs).toMatchObject({ times: 7, seconds: Math.round(seconds * 70) / 10 });
});

test('what a step takes is said by the step', () => {
  const job = digitsJob({ data: { all: { path: 'test.npz' } }, variants: ['int8'] });
  const { shards } = planJob(job, SMALL, context);
  const shard = shards.find(({ id }) => id.startsWith('make int8'));
  const { seconds, memoryBytes } = compressStep.estimate({ bytes: 36_000, variant: 'int8' });
  expect(shard).toMatchObject({ seconds: Math.round(seconds * 10) / 10, memoryBytes });
});

test('the display gets the same tasks, each once', () => {
  const tasks = planTasks(
    digitsJob({ hardware: ['x64', 'arm64'] }),
    { artifact: { bytes: 1e6 }, format: 'onnx' },
    context,
  );
  const ids = tasks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('each architecture that is measured has its own measuring; others have none', () => {
  const job = digitsJob({ hardware: ['x64', 'arm64'], variants: ['int4'] });
  const measured = (overrides: Parameters<typeof inlineContext>[0]) =>
    planJob(job, SMALL, inlineContext(overrides))
      .shards.filter(({ stage }) => stage === 'measure')
      .map(({ title }) => title);
  const x64 = [
    'accuracy and fidelity: evaluation samples',
    'peak memory',
    'latency: 2 models side by side',
  ];
  expect(measured({})).toEqual(x64);
  const arm64 = { cpu: 'a', features: ['neon'], cores: 2 };
  expect(measured({ otherMachines: [arm64] })).toEqual([
    ...x64,
    ...x64.map((title) => `${title} on arm64`),
  ]);
});
