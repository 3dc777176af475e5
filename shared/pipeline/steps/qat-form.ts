/** The step that makes the network to train in 8 or 4 bits: the plan of a quantization, and the float32 model with its rounding inside. */
import { z } from 'zod';
import { UnsupportedError } from '../../base/errors.ts';
import { openModel } from '../../onnx/read-model.ts';
import { keptNodeSchema } from '../../report/variant-schema.ts';
import {
  artifactBlobs,
  artifactPath,
  artifactSchema,
  digestSchema,
  storeModel,
} from '../artifact.ts';
import { reasonOf } from '../reason.ts';
import type { Step } from '../step.ts';
import { compressStep } from './compress.ts';

const inputSchema = compressStep.input;

const outputSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('done'),
    /** In training form: weights are float32, and rounded as it runs. */
    model: artifactSchema,
    /** `fettle.qat-plan/1`, as a JSON blob. */
    plan: digestSchema,
    /** Names of what is trained. */
    trainable: z.array(z.string()),
    description: z.string(),
    keptInFloat: z.array(keptNodeSchema),
    notes: z.array(z.string()),
  }),
  z.object({ status: z.literal('skipped'), reason: z.string(), code: z.int() }),
]);

export const qatFormStep: Step<z.infer<typeof inputSchema>, z.infer<typeof outputSchema>> = {
  name: 'qat-form',
  version: 2,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 400e6 + 6 * bytes, seconds: 8 + bytes / 1e6 }),
  blobs: (output) =>
    output.status === 'done' ? [...artifactBlobs(output.model), output.plan] : [],
  run: async (input, tools) => {
    try {
      const { makeQatForm } = await import('../training/make-qat-form.ts');
      using opened = openModel(await artifactPath(input.model, tools));
      const { model, plan, ...facts } = await makeQatForm(opened.model, input, tools);
      return {
        status: 'done',
        model: await storeModel(model, tools),
        plan: await tools.store.putBytes(JSON.stringify(plan)),
        ...facts,
      };
    } catch (error) {
      if (error instanceof UnsupportedError)
        return { status: 'skipped', reason: reasonOf(error), code: error.exitCode };
      throw error;
    }
  },
};
