import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { buildStep } from '../../../shared/pipeline/steps/build.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { digitsWork } from '../digits-work.ts';

afterAll(closeSharedProcess);

test('an .ort artifact lands in the store with its size', async () => {
  const work = await digitsWork();
  const tools = work.tools();
  const artifact = await buildStep.run({ model: work.prepared.model, target: 'ort' }, tools);
  const bytes = readFileSync(await tools.locate(artifact.digest));
  expect(artifact).toMatchObject({ bytes: bytes.length, suffix: '.ort' });
  expect(bytes.subarray(4, 8).toString()).toBe('ORTM');
});
