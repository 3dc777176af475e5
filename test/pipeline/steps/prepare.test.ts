import { afterAll, expect, test } from 'vitest';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { artifactPath } from '../../../shared/pipeline/artifact.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { digitsWork } from '../digits-work.ts';

afterAll(closeSharedProcess);

test('the float32 form has the model’s interface and its facts', async () => {
  const { prepared, tools } = await digitsWork();
  expect(prepared.inputs.map(({ name }) => name)).toEqual(['image']);
  expect(prepared.outputs.map(({ name }) => name)).toEqual(['output_0']);
  expect(prepared.facts.ops).toBeLessThanOrEqual(prepared.sourceOps);
  using opened = openModel(await artifactPath(prepared.model, tools()));
  expect(opened.model.opsets.get('')).toBe(prepared.opset);
});
