import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodeModel } from '../../../shared/onnx/write-model.ts';
import { sourceArtifact } from '../../../shared/pipeline/artifact.ts';
import { describeStep } from '../../../shared/pipeline/steps/describe.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { graph, model, node } from '../../onnx/_build.ts';
import { digitsWork } from '../digits-work.ts';

afterAll(closeSharedProcess);

test('what goes in and out, and the facts of a row', async () => {
  const { source, prepared, tools } = await digitsWork();
  const said = await describeStep.run({ model: source.artifact, shown: 'm' }, tools());
  expect(said.inputs).toEqual(prepared.inputs);
  expect(said.outputs).toEqual(prepared.outputs);
  // As it is: nothing was rewritten.
  expect(said.sourceOps).toBe(prepared.sourceOps);
  expect(said.facts.ops).toBe(prepared.sourceOps);
  expect(said.facts.coverage.nodes).toEqual({ float32: said.facts.ops });
});

test('a model that breaks the rules is told by the name that the user gave it', async () => {
  const { context, sources, tools } = await digitsWork();
  const path = join(context.folder, 'broken.onnx');
  const broken = model(graph([node('Relu', ['nowhere'], ['y'])], [], ['y']));
  writeFileSync(path, encodeModel(broken));
  const artifact = await sourceArtifact(path);
  sources[artifact.digest] = path;
  await expect(
    describeStep.run({ model: artifact, shown: 'my.onnx' }, tools()),
  ).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/^my\.onnx breaks the rules/),
    where: 'node 0 (Relu)',
  });
});
