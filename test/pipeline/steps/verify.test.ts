import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sourceArtifact } from '../../../shared/pipeline/artifact.ts';
import type { PortNames } from '../../../shared/pipeline/rename-ports.ts';
import { importStep } from '../../../shared/pipeline/steps/import.ts';
import { verifyStep } from '../../../shared/pipeline/steps/verify.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { digitsWork } from '../digits-work.ts';
import { EXAMPLES } from '../inline-context.ts';

afterAll(closeSharedProcess);
const LAYERS = 'test/fixtures/tensorflow/digits_cnn/tfjs_layers';

async function run(model?: string, names?: PortNames) {
  const { tools, samples } = await digitsWork();
  const source = await sourceArtifact(LAYERS);
  const paths = new Map<string, string>([[source.digest, LAYERS]]);
  const own = tools();
  const located = {
    ...own,
    locate: async (digest: typeof source.digest) => paths.get(digest) ?? own.locate(digest),
  };
  const made = model
    ? await sourceArtifact(model)
    : (await importStep.run({ source, shown: 'layers' }, located)).model;
  if (model) paths.set(made.digest, model);
  const { refs: data, split } = samples;
  return verifyStep.run(
    {
      source,
      model: made,
      shown: 'layers',
      data,
      split,
      references: ['any'],
      ...(names && { names }),
    },
    located,
  );
}

test('the report’s sentence: within what, of which runtime', async () => {
  expect(await run()).toEqual({
    verified: expect.stringMatching(/^agrees within \S+ of TensorFlow\.js/),
    agrees: true,
    notes: [],
  });
});

test('data by other names is fed by the source’s own', async () => {
  const names = { inputs: { image: 'picture' }, outputs: { probs: 'scores' } };
  expect(await run(undefined, names)).toMatchObject({ agrees: true });
});

test('a model that computes something else is told by output and difference', async () => {
  // Another training of the same architecture, under another name of the output.
  const wrong = await run(join(EXAMPLES, 'digits.onnx'));
  expect(wrong).toMatchObject({ agrees: false, verified: expect.stringMatching(/DOES NOT AGREE/) });
  expect(wrong.notes[0]).toMatch(/output probs/);
});
