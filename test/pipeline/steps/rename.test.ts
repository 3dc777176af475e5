import { expect, test } from 'vitest';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { artifactPath } from '../../../shared/pipeline/artifact.ts';
import { renameStep } from '../../../shared/pipeline/steps/rename.ts';
import { digitsWork } from '../digits-work.ts';

test('the stored model has the other names, and the same nodes', async () => {
  const { prepared, tools } = await digitsWork();
  const names = { inputs: { image: 'x' }, outputs: { output_0: 'y' } };
  const { model } = await renameStep.run({ model: prepared.model, names }, tools());
  using before = openModel(await artifactPath(prepared.model, tools()));
  using after = openModel(await artifactPath(model, tools()));
  const { inputs, outputs, nodes } = after.model.graph;
  expect([...inputs, ...outputs].map(({ name }) => name)).toEqual(['x', 'y']);
  expect(nodes.map(({ opType }) => opType)).toEqual(
    before.model.graph.nodes.map(({ opType }) => opType),
  );
});
