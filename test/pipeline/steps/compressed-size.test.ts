import { expect, test } from 'vitest';
import { compressedSizeStep } from '../../../shared/pipeline/steps/compressed-size.ts';
import { digitsWork } from '../digits-work.ts';

test('a file of floats becomes a little smaller, one of zeros much', async () => {
  const work = await digitsWork();
  const sizeOf = async (digest: typeof work.prepared.model.digest, bytes: number) =>
    compressedSizeStep.run({ model: { digest, bytes, suffix: '.onnx' } }, work.tools());
  const { digest, bytes } = work.prepared.model;
  const own = await sizeOf(digest, bytes);
  expect(own.gzip).toBeGreaterThan(bytes / 2);
  expect(own.zstd).toBeLessThan(1.01 * bytes);
  const zeros = await sizeOf(await work.context.store.putBytes('\0'.repeat(bytes)), bytes);
  expect(Math.max(zeros.gzip, zeros.zstd)).toBeLessThan(bytes / 50);
});
