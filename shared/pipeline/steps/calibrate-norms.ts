/** The step that estimates moments of BatchNormalizations anew: after a removal, before anything is trained. */
import { z } from 'zod';
import { openModel } from '../../onnx/read-model.ts';
import { artifactBlobs, artifactPath, artifactSchema, storeModel } from '../artifact.ts';
import type { Step } from '../step.ts';
import { trainingDataSchema, withTrainingSamples } from '../training/training-samples.ts';

const inputSchema = z.object({
  /** In training form. */
  model: artifactSchema,
  samples: trainingDataSchema,
  seed: z.int(),
});

const outputSchema = z.object({
  model: artifactSchema,
  /** False where it has none. */
  changed: z.boolean(),
});

export const calibrateNormsStep: Step<z.infer<typeof inputSchema>, z.infer<typeof outputSchema>> = {
  name: 'calibrate-norms',
  version: 1,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 500e6 + 6 * bytes, seconds: 3 + bytes / 1e6 }),
  blobs: ({ model }) => artifactBlobs(model),
  run: async ({ model: given, samples, seed }, tools) => {
    const { calibrateNorms } = await import('../../train/calibrate-norms.ts');
    using opened = openModel(await artifactPath(given, tools));
    return await withTrainingSamples(opened.model, samples, tools, async ({ training }) => {
      const made = await calibrateNorms(opened.model, training, { seed });
      const model = await storeModel(made, tools);
      return { model, changed: model.digest !== given.digest };
    });
  },
};
