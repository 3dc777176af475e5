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
  const minutes = (variant: string) =>
    compressStep.estimate({ ...compressStep.input.parse(input), variant }).minutes;
  expect(minutes('int8')).toBeGreaterThan(minutes('int8-weights'));
});
