import { afterAll, expect, test } from 'vitest';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { artifactPath } from '../../../shared/pipeline/artifact.ts';
import { prepareStep } from '../../../shared/pipeline/steps/prepare.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { digitsWork } from '../digits-work.ts';

afterAll(closeSharedProcess);

test('the float32 form has the model’s interface and its facts', async () => {
  const { prepared, tools } = await digitsWork();
  expect(prepared.inputs.map(({ name }) => name)).toEqual(['image']);
  expect(prepared.outputs.map(({ name }) => name)).toEqual(['output_0']);
  // Exact rewrites leave fewer nodes, and say which of them did it.
  expect(prepared.facts.ops).toBeLessThan(prepared.sourceOps);
  expect(Object.keys(prepared.passes)).not.toEqual([]);
  expect(prepared.notes).toEqual([
    `exact rewrites: ${prepared.sourceOps} nodes became ${prepared.facts.ops}`,
  ]);
  using opened = openModel(await artifactPath(prepared.model, tools()));
  expect(opened.model.opsets.get('')).toBe(prepared.opset);
});

test('a model above --opset is refused, as convert refuses it; one below stays as it is', async () => {
  const { prepared, source, tools } = await digitsWork();
  const run = (opset: number) => prepareStep.run({ source: source.artifact, opset }, tools());
  await expect(run(prepared.opset - 1)).rejects.toMatchObject({ exitCode: 3, where: '--opset' });
  expect((await run(prepared.opset + 3)).opset).toBe(prepared.opset);
});
