import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { compressInput } from '../../../shared/pipeline/stages/compress-variant.ts';
import { qatFormStep } from '../../../shared/pipeline/steps/qat-form.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { digitsWork } from '../digits-work.ts';

afterAll(closeSharedProcess);

test('a network whose weights are rounded, the plan of it, and what is trained', async () => {
  const work = await digitsWork();
  const order = { model: work.prepared.model, variant: 'int8-qat', hardware: 'x64' } as const;
  const form = await qatFormStep.run(compressInput(work, order), work.tools());
  if (form.status !== 'done') throw new Error(form.reason);
  expect(form.trainable.length).toBeGreaterThan(3);
  expect(form.description).toMatch(/with weights in 8 bits, trained so/);
  const plan = JSON.parse(await readFile(await work.context.store.pathOf(form.plan), 'utf8'));
  expect(plan).toMatchObject({ schema: 'fettle.qat-plan/1', variant: 'int8-qat' });
  expect(qatFormStep.blobs(form)).toContain(form.plan);
});
