/**
 * The step that says what a network is trained for, and refuses what cannot be learned from: before anything is taken
 * out of it, and long before the first epoch.
 */
import { z } from 'zod';
import { UnsupportedError } from '../../base/errors.ts';
import type { Model } from '../../onnx/model.ts';
import { openModel } from '../../onnx/read-model.ts';
import { optimizeExact } from '../../passes/optimize-exact.ts';
import { lossSpecSchema } from '../../train/loss-spec.ts';
import { artifactPath, artifactSchema } from '../artifact.ts';
import { reasonOf } from '../reason.ts';
import type { Step } from '../step.ts';
import { trainingDataSchema, withTrainingSamples } from '../training/training-samples.ts';

const inputSchema = z.object({
  /** In training form, or a finished float32 model. */
  model: artifactSchema,
  /** Any float32 model; absent where labels are all that is learned from. */
  teacher: artifactSchema.optional(),
  samples: trainingDataSchema,
  temperature: z.number().optional(),
  hard: z.number().optional(),
  /** Inner values of the student, by the teacher's names. */
  features: z.record(z.string(), z.string()).optional(),
});

const outputSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('done'),
    loss: lossSpecSchema,
    counts: z.object({ training: z.int(), validation: z.int() }),
    notes: z.array(z.string()),
  }),
  z.object({ status: z.literal('skipped'), reason: z.string(), code: z.int() }),
]);
export type TrainingCheck = z.infer<typeof outputSchema>;

export const trainingCheckStep: Step<z.infer<typeof inputSchema>, TrainingCheck> = {
  name: 'training-check',
  version: 2,
  needs: 'cpu',
  // Types are inferred by the runtime.
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 300e6 + 3 * bytes, seconds: 2 + bytes / 50e6 }),
  blobs: () => [],
  run: async ({ model, teacher, samples, temperature, hard, features }, tools) => {
    const { chooseLoss } = await import('../../train/choose-loss.ts');
    using student = openModel(await artifactPath(model, tools));
    using other = teacher && openModel(await artifactPath(teacher, tools));
    try {
      const trained = await asTrained(student.model);
      return await withTrainingSamples(trained, samples, tools, async (open) => {
        const { loss, notes } = await chooseLoss(trained, open.training, {
          hasLabels: open.hasLabels,
          ...(other && { teacher: other.model }),
          ...(temperature !== undefined && { temperature }),
          ...(hard !== undefined && { hard }),
          ...(features && {
            features: Object.entries(features).map(([of, own]) => ({ teacher: of, student: own })),
          }),
        });
        return {
          status: 'done',
          loss,
          counts: { training: open.training.length, validation: open.validation.length },
          notes: [...notes],
        };
      });
    } catch (error) {
      if (error instanceof UnsupportedError)
        return { status: 'skipped', reason: reasonOf(error), code: error.exitCode };
      throw error;
    }
  },
};

/** A training form is as it is; a finished model of an old opset as it becomes before its rounding is put in. */
async function asTrained(model: Model): Promise<Model> {
  const { raiseForTraining } = await import('../../train/training-form.ts');
  const raised = await raiseForTraining(model);
  return raised === model ? model : (await optimizeExact(raised)).model;
}
