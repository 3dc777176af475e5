import { expect, test } from 'vitest';
import { configJsonSchema, configSchema } from '../../../shared/pipeline/config/schema.ts';

test('the JSON Schema for editors knows every key of a model', () => {
  const text = JSON.stringify(configJsonSchema());
  for (const key of [
    'source',
    'signature',
    'cut',
    'inputs',
    'outputs',
    'opset',
    'data',
    'variants',
    'targets',
    'hardware',
    'threads',
    'ship',
    'budget',
    'budgets',
    'auto',
    'train',
    'seed',
    'seconds',
    'timeout',
    'memory',
  ]) {
    expect(text).toContain(`"${key}":`);
  }
});

test('only version and source are required', () => {
  expect(configSchema.safeParse({ version: 1, models: { a: { source: 'a.onnx' } } }).success).toBe(
    true,
  );
  expect(configSchema.safeParse({ version: 1, models: {} }).success).toBe(false);
});
