import { expect, test } from 'vitest';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { artifactPath, sourceArtifact } from '../../../shared/pipeline/artifact.ts';
import { importOptions, importStep } from '../../../shared/pipeline/steps/import.ts';
import { digitsWork } from '../digits-work.ts';

const SAVED = 'test/fixtures/tensorflow/digits_cnn/saved_raw';

test('a folder becomes ONNX in the store, under the names of its signature', async () => {
  const { tools } = await digitsWork();
  const source = await sourceArtifact(SAVED);
  const own = tools();
  const imported = await importStep.run(
    { source, shown: 'saved', signature: 'serving_default' },
    { ...own, locate: async (digest) => (digest === source.digest ? SAVED : own.locate(digest)) },
  );
  expect(imported.producer).toMatch(/^TensorFlow/);
  using opened = openModel(await artifactPath(imported.model, tools()));
  expect(opened.model.graph.outputs.map(({ name }) => name)).toEqual(['probs']);
  expect(opened.model.opsets.get('')).toBe(17);
});

test('only what was given is told to the reader', () => {
  expect(importOptions({ shown: 'm' })).toEqual({ shown: 'm' });
  expect(importOptions({ shown: 'm', opset: 20, outputs: ['a'] })).toEqual({
    shown: 'm',
    opset: 20,
    outputs: ['a'],
  });
});
