/**
 * The step that lays out a quantized model before any weight is read: the plan, the sizes of its files to the byte, and
 * for every part of them what it reads. The parts are made by `weights-part`, in any order and on any machine.
 */
import { z } from 'zod';
import { UnsupportedError } from '../../base/errors.ts';
import { HARDWARE } from '../../base/hardware.ts';
import { NotAnnounced } from '../../onnx/readable-ranges.ts';
import { keptNodeSchema } from '../../report/variant-schema.ts';
import { artifactSchema, digestSchema } from '../artifact.ts';
import { modelFactsSchema } from '../model-facts.ts';
import { reasonOf } from '../reason.ts';
import type { Step } from '../step.ts';
import { layoutSchema } from '../variants/weight-parts.ts';

const inputSchema = z.object({
  model: artifactSchema,
  variant: z.string(),
  hardware: z.enum(HARDWARE),
  opset: z.int().optional(),
  /** What was decided before, where a header does not tell it. */
  plan: digestSchema.optional(),
  /** At which shapes of the inputs costs are estimated. */
  shapes: z.record(z.string(), z.array(z.int()).readonly()).optional(),
  parts: z.object({ bytes: z.int().positive(), chunk: z.int().positive() }),
});
export type WeightsLayoutInput = z.infer<typeof inputSchema>;

const outputSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('laid-out'),
    files: z.array(layoutSchema).min(1).max(2),
    /** The plan that parts apply, as a JSON blob; absent where it was given. */
    plan: digestSchema.optional(),
    description: z.string().optional(),
    keptInFloat: z.array(keptNodeSchema).optional(),
    facts: modelFactsSchema,
    notes: z.array(z.string()),
  }),
  /** It can be made, but not without looking at weights first. */
  z.object({ status: z.literal('whole'), reason: z.string() }),
  z.object({ status: z.literal('skipped'), reason: z.string(), code: z.int() }),
]);
export type WeightsLayout = z.infer<typeof outputSchema>;

export const weightsLayoutStep: Step<WeightsLayoutInput, WeightsLayout> = {
  name: 'weights-layout',
  version: 2,
  needs: 'cpu',
  // Types are inferred by the runtime.
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: () => ({ memoryBytes: 400e6, seconds: 10 }),
  // Of the weights beside the model nothing.
  reads: ({ model }) => new Map((model.external ?? []).map(({ digest }) => [digest, []])),
  blobs: (output) => (output.status === 'laid-out' && output.plan ? [output.plan] : []),
  run: async (input, tools) => {
    try {
      const { layOutWeights } = await import('../variants/lay-out-weights.ts');
      return await layOutWeights(input, tools);
    } catch (error) {
      if (error instanceof UnsupportedError)
        return { status: 'skipped', reason: reasonOf(error), code: error.exitCode };
      if (error instanceof NotAnnounced) return { status: 'whole', reason: error.message };
      throw error;
    }
  },
};
