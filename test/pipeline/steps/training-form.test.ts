import { afterAll, expect, test } from 'vitest';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { artifactPath } from '../../../shared/pipeline/artifact.ts';
import { trainingFormStep } from '../../../shared/pipeline/steps/training-form.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { trainingWork } from '../_training-work.ts';

afterAll(closeSharedProcess);

test('normalizations are there to learn, names stay, and it is the same every time', async () => {
  const work = await trainingWork();
  using opened = openModel(await artifactPath(work.form, work.tools()));
  const { graph } = opened.model;
  expect(graph.nodes.map(({ opType }) => opType)).toContain('BatchNormalization');
  expect(graph.inputs.map(({ name }) => name)).toEqual(
    work.prepared.inputs.map(({ name }) => name),
  );
  const input = { source: work.source.artifact, samples: work.data, seed: 0 };
  expect(await trainingFormStep.run(input, work.tools())).toEqual({
    status: 'done',
    model: work.form,
  });
});

test('what is estimated grows with the model', () => {
  const small = trainingFormStep.estimate({ bytes: 1e6 });
  const large = trainingFormStep.estimate({ bytes: 1e9 });
  expect(large.seconds).toBeGreaterThan(small.seconds);
  expect(large.memoryBytes).toBeGreaterThan(3e9);
});
