import { expect, test } from 'vitest';
import { planJob, planSchema, planTasks } from '../../shared/pipeline/plan.ts';
import { digitsJob, inlineContext } from './inline-context.ts';

const context = inlineContext();

test('every variant, target and measurement is a shard; the plan is valid and grows with the model', () => {
  const job = digitsJob({ variants: ['float16', 'int8', 'auto'], targets: ['onnx', 'ort'] });
  const plan = planJob(job, { bytes: 36_000 }, context);
  expect(planSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  const titles = plan.shards.map(({ title }) => title);
  expect(titles).toContain('int8: compress');
  expect(titles).toContain('float16: build ort');
  expect(titles.some((title) => title.startsWith('auto'))).toBe(
    process.arch === 'x64' || process.arch === 'arm64',
  );
  const large = planJob(job, { bytes: 400e6 }, context);
  expect(large.seconds).toBeGreaterThan(plan.seconds);
  expect(large.memoryBytes).toBeGreaterThan(plan.memoryBytes);
});

test('the display gets the same tasks, each once', () => {
  const tasks = planTasks(digitsJob({ hardware: ['x64', 'arm64'] }), { bytes: 1e6 }, context);
  const ids = tasks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
