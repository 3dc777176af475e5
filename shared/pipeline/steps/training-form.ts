/** The step that makes a model trainable: one float32 graph with nothing folded that learns by itself. */
import { z } from 'zod';
import { UnsupportedError } from '../../base/errors.ts';
import { openModel } from '../../onnx/read-model.ts';
import { artifactBlobs, artifactPath, artifactSchema, storeModel } from '../artifact.ts';
import { reasonOf } from '../reason.ts';
import type { Step } from '../step.ts';
import { trainingDataSchema, withTrainingSamples } from '../training/training-samples.ts';

const inputSchema = z.object({
  /** As it was imported, before any optimization. */
  source: artifactSchema,
  /** Whose inputs say where normalizations that are added begin. */
  samples: trainingDataSchema,
  seed: z.int(),
});

const outputSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('done'), model: artifactSchema }),
  z.object({ status: z.literal('skipped'), reason: z.string(), code: z.int() }),
]);

export const trainingFormStep: Step<z.infer<typeof inputSchema>, z.infer<typeof outputSchema>> = {
  name: 'training-form',
  version: 3,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 300e6 + 3 * bytes, seconds: 3 + bytes / 10e6 }),
  blobs: (output) => (output.status === 'done' ? artifactBlobs(output.model) : []),
  run: async ({ source, samples, seed }, tools) => {
    try {
      const { trainingForm } = await import('../../train/training-form.ts');
      const { addNorms } = await import('../../train/add-norms.ts');
      using opened = openModel(await artifactPath(source, tools));
      const form = await trainingForm(opened.model);
      const model = await withTrainingSamples(form, samples, tools, ({ training }) =>
        addNorms(form, training, { seed }),
      );
      return { status: 'done', model: await storeModel(model, tools) };
    } catch (error) {
      if (error instanceof UnsupportedError)
        return { status: 'skipped', reason: reasonOf(error), code: error.exitCode };
      throw error;
    }
  },
};
