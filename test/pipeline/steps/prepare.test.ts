import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Model, ValueInfo } from '../../../shared/onnx/model.ts';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { writeModel } from '../../../shared/onnx/write-model.ts';
import { artifactPath, sourceArtifact } from '../../../shared/pipeline/artifact.ts';
import { prepareStep } from '../../../shared/pipeline/steps/prepare.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { graph, model, node } from '../../onnx/_build.ts';
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

const relu = (name: string, input: string, output: string) => ({
  ...node('Relu', [input], [output]),
  name,
});
const prepare = async (made: Model) => {
  const { tools } = await digitsWork();
  const path = join(tools().tempDir, 'made.onnx');
  writeModel(made, path);
  const source = await sourceArtifact(path);
  const { locate, ...others } = tools();
  return prepareStep.run(
    { source },
    { ...others, locate: async (digest) => (digest === source.digest ? path : locate(digest)) },
  );
};
const value = (name: string): ValueInfo => ({
  name,
  type: { kind: 'tensor', elementType: 'float32', shape: [1, 2] },
});

test('nodes in a wrong order are sorted, and it is said', async () => {
  const nodes = [relu('late', 'a', 'y'), node('Neg', ['x'], ['a'])];
  const main = graph(nodes, [], [], { inputs: [value('x')], outputs: [value('y')] });
  const { notes, facts } = await prepare(model(main));
  expect(notes).toEqual([expect.stringMatching(/^a node stands before what it reads/)]);
  expect(facts.ops).toBe(2);
});

test('what is no model is refused with the node', async () => {
  const nodes = [relu('one', 'b', 'a'), relu('two', 'a', 'b')];
  const main = graph(nodes, [], [], { inputs: [value('x')], outputs: [value('b')] });
  await expect(prepare(model(main))).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/node '(one|two)' \(Relu\): it waits in a circle/),
    hint: expect.any(String),
  });
});
