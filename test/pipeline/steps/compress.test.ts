import { expect, test } from 'vitest';
import { compressStep } from '../../../shared/pipeline/steps/compress.ts';

const input = {
  model: { digest: `sha256:${'a'.repeat(64)}`, bytes: 1e6, suffix: '.onnx' },
  variant: 'int8',
  hardware: 'x64',
  data: {},
  split: `sha256:${'b'.repeat(64)}`,
  seed: 0,
};

test('input and output are checked', () => {
  expect(compressStep.input.safeParse(input).success).toBe(true);
  expect(compressStep.input.safeParse({ ...input, hardware: 'x86' }).success).toBe(false);
  expect(compressStep.output.safeParse({ status: 'skipped', reason: 'no', code: 3 }).success).toBe(
    true,
  );
  expect(compressStep.blobs({ status: 'skipped', reason: 'no', code: 3 })).toEqual([]);
});

test('static quantization is expected to take longer than changing weights', () => {
  const seconds = (variant: string) => compressStep.estimate({ bytes: 1e6, variant }).seconds;
  expect(seconds('int8')).toBeGreaterThan(seconds('int8-weights'));
  expect(seconds('int8-dynamic')).toBe(seconds('int8-weights'));
  expect(seconds('pruned-50+int8')).toBe(seconds('int8'));
});
