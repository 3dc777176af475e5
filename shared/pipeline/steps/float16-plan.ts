/**
 * The step that decides which nodes of a large model compute in float16. It needs the model whole, since constants and
 * values on the samples say what float16 can hold; but it writes no weights, which parts do.
 */
import { z } from 'zod';
import { UnsupportedError } from '../../base/errors.ts';
import { openModel } from '../../onnx/read-model.ts';
import { keptNodeSchema } from '../../report/variant-schema.ts';
import { artifactPath, digestSchema } from '../artifact.ts';
import { reasonOf } from '../reason.ts';
import type { Step } from '../step.ts';
import { type CompressInput, compressStep } from './compress.ts';

const outputSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('planned'),
    /** As a JSON blob. */
    plan: digestSchema,
    keptInFloat: z.array(keptNodeSchema),
    notes: z.array(z.string()),
  }),
  z.object({ status: z.literal('skipped'), reason: z.string(), code: z.int() }),
]);

export const float16PlanStep: Step<CompressInput, z.infer<typeof outputSchema>> = {
  name: 'float16-plan',
  version: 1,
  needs: 'cpu',
  runsModel: true,
  input: compressStep.input,
  output: outputSchema,
  // The model, and its copy whose outputs are the ends of its values.
  estimate: ({ bytes }) => ({
    memoryBytes: 300e6 + 3 * bytes,
    seconds: 5 + bytes / 60e6,
    diskBytes: 2 * bytes,
  }),
  blobs: (output) => (output.status === 'planned' ? [output.plan] : []),
  run: async (input, tools) => {
    try {
      const { decideFloat16 } = await import('../variants/make-float16.ts');
      using opened = openModel(await artifactPath(input.model, tools));
      const { plan, keptInFloat, notes } = await decideFloat16(opened.model, input, tools);
      return {
        status: 'planned',
        plan: await tools.store.putBytes(JSON.stringify(plan)),
        keptInFloat: [...keptInFloat],
        notes: [...notes],
      };
    } catch (error) {
      if (error instanceof UnsupportedError)
        return { status: 'skipped', reason: reasonOf(error), code: error.exitCode };
      throw error;
    }
  },
};
