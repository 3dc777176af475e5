import { afterAll, expect, test } from 'vitest';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { artifactPath } from '../../../shared/pipeline/artifact.ts';
import { finishStep } from '../../../shared/pipeline/steps/finish.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { trainingWork } from '../_training-work.ts';

afterAll(closeSharedProcess);

test('normalizations are folded: as many nodes as the float32 form has', async () => {
  const work = await trainingWork();
  const { model, facts } = await finishStep.run({ model: work.form }, work.tools());
  expect(facts.ops).toBe(work.prepared.facts.ops);
  using opened = openModel(await artifactPath(model, work.tools()));
  const ops = opened.model.graph.nodes.map(({ opType }) => opType);
  expect(ops).not.toContain('BatchNormalization');
});

test('an opset that is too low is refused', async () => {
  const work = await trainingWork();
  await expect(finishStep.run({ model: work.form, opset: 11 }, work.tools())).rejects.toMatchObject(
    { exitCode: 3 },
  );
});
