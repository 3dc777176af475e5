import { afterAll, expect, test } from 'vitest';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { artifactPath } from '../../../shared/pipeline/artifact.ts';
import { compressInput } from '../../../shared/pipeline/stages/compress-variant.ts';
import { qatExportStep } from '../../../shared/pipeline/steps/qat-export.ts';
import { qatFormStep } from '../../../shared/pipeline/steps/qat-form.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { digitsWork } from '../digits-work.ts';

afterAll(closeSharedProcess);

test('integers are written, and no opset above what is allowed', async () => {
  const work = await digitsWork();
  const order = { model: work.prepared.model, variant: 'int8-qat', hardware: 'x64' } as const;
  const form = await qatFormStep.run(compressInput(work, order), work.tools());
  if (form.status !== 'done') throw new Error(form.reason);
  const input = { model: form.model, plan: form.plan };
  const { model, facts } = await qatExportStep.run(input, work.tools());
  using opened = openModel(await artifactPath(model, work.tools()));
  const types = [...opened.model.graph.initializers.values()].map(({ type }) => type);
  expect(types).toContain('int8');
  expect(facts.coverage.nodes.int8).toBeGreaterThan(0);
  expect(model.bytes).toBeLessThan(work.prepared.model.bytes);
  await expect(qatExportStep.run({ ...input, opset: 12 }, work.tools())).rejects.toMatchObject({
    exitCode: 3,
  });
});
