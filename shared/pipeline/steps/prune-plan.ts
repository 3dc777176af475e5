/** The step that decides what goes: weights or channels by their scores, as a plan that can be read. Nothing is changed. */
import { z } from 'zod';
import { UnsupportedError } from '../../base/errors.ts';
import { openModel } from '../../onnx/read-model.ts';
import { artifactPath, artifactSchema, digestSchema } from '../artifact.ts';
import { reasonOf } from '../reason.ts';
import type { Step } from '../step.ts';
import { trainingDataSchema, withTrainingSamples } from '../training/training-samples.ts';

export const removalSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pruned'), percent: z.number().gt(0).lt(100) }),
  z.object({ kind: z.literal('sparse-2-4') }),
  z.object({ kind: z.literal('slim'), percent: z.number().gt(0).lt(100) }),
]);
export type PlannedRemoval = z.infer<typeof removalSchema>;

const inputSchema = z.object({
  /** In training form. */
  model: artifactSchema,
  removal: removalSchema,
  /** Of which the first ones say what each weight and channel is worth. */
  samples: trainingDataSchema,
});

const outputSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('planned'),
    /** `fettle.prune-plan/1` or `fettle.slim-plan/1`, as a JSON blob: what goes, and its score. */
    plan: digestSchema,
    description: z.string(),
    notes: z.array(z.string()),
  }),
  z.object({ status: z.literal('skipped'), reason: z.string(), code: z.int() }),
]);
export type PrunePlanned = z.infer<typeof outputSchema>;

/** More change scores by less than the samples of another seed would. */
const SCORED_SAMPLES = 128;

export const prunePlanStep: Step<z.infer<typeof inputSchema>, PrunePlanned> = {
  name: 'prune-plan',
  version: 1,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 400e6 + 6 * bytes, seconds: 5 + bytes / 2e6 }),
  blobs: (output) => (output.status === 'planned' ? [output.plan] : []),
  run: async ({ model, removal, samples }, tools) => {
    try {
      const { planRemoval } = await import('../training/plan-removal.ts');
      using opened = openModel(await artifactPath(model, tools));
      const { plan, description, notes } = await withTrainingSamples(
        opened.model,
        samples,
        tools,
        ({ training: { length, sample } }) =>
          planRemoval(opened.model, removal, { length: Math.min(length, SCORED_SAMPLES), sample }),
      );
      const stored = await tools.store.putBytes(JSON.stringify(plan));
      return { status: 'planned', plan: stored, description, notes: [...notes] };
    } catch (error) {
      if (error instanceof UnsupportedError)
        return { status: 'skipped', reason: reasonOf(error), code: error.exitCode };
      throw error;
    }
  },
};
