/** The step that makes one variant of a float32 model for one hardware. */
import { z } from 'zod';
import { UnsupportedError } from '../../base/errors.ts';
import { HARDWARE } from '../../base/hardware.ts';
import { keptNodeSchema, sensitivitySchema } from '../../report/variant-schema.ts';
import { artifactBlobs, artifactSchema, digestSchema } from '../artifact.ts';
import { dataRefsSchema } from '../data-refs.ts';
import { metricRefSchema } from '../metric-ref.ts';
import { modelFactsSchema } from '../model-facts.ts';
import { isCalibrated } from '../names.ts';
import { reasonOf } from '../reason.ts';
import type { Step } from '../step.ts';

const inputSchema = z.object({
  model: artifactSchema,
  variant: z.string(),
  hardware: z.enum(HARDWARE),
  data: dataRefsSchema,
  split: digestSchema,
  metric: metricRefSchema.optional(),
  seed: z.int(),
  /** As it came: without data, its BatchNormalizations say how large values are. */
  source: artifactSchema.optional(),
  opset: z.int().optional(),
  /** At which shapes of the inputs costs are estimated. */
  shapes: z.record(z.string(), z.array(z.int()).readonly()).optional(),
});
export type CompressInput = z.infer<typeof inputSchema>;

const madeSchema = z.object({
  status: z.literal('done'),
  model: artifactSchema,
  /** The plan that was applied, as a JSON blob. */
  plan: digestSchema.optional(),
  description: z.string().optional(),
  keptInFloat: z.array(keptNodeSchema).optional(),
  sensitivity: sensitivitySchema.optional(),
  facts: modelFactsSchema,
  notes: z.array(z.string()),
});
const outputSchema = z.discriminatedUnion('status', [
  madeSchema,
  /** There is nothing to do, or it cannot be done to this model. */
  z.object({ status: z.literal('skipped'), reason: z.string(), code: z.int() }),
]);
export type CompressResult = z.infer<typeof outputSchema>;
export type MadeVariant = z.infer<typeof madeSchema>;

/** Seconds for the search of `int8`; one that ends before gives the same answer everywhere. */
export const SEARCH_SECONDS = 150;

export const compressStep: Step<CompressInput, CompressResult> = {
  name: 'compress',
  version: 10,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes, variant = '' }) => ({
    memoryBytes: 300e6 + 4 * bytes,
    seconds: secondsOf(variant, bytes),
  }),
  blobs: (output) =>
    output.status === 'done'
      ? [...artifactBlobs(output.model), ...(output.plan ? [output.plan] : [])]
      : [],
  run: async (input, tools) => {
    try {
      const { makeVariant } = await import('../variants/make-variant.ts');
      return await makeVariant(input, tools);
    } catch (error) {
      // What cannot be done to this model is an answer, and kept; limits and crashes are tried again.
      if (error instanceof UnsupportedError)
        return { status: 'skipped', reason: reasonOf(error), code: error.exitCode };
      throw error;
    }
  },
};

function secondsOf(variant: string, bytes: number): number {
  const made = 0.5 + bytes / 60e6;
  if (isCalibrated(variant)) return 6 + Math.min(SEARCH_SECONDS, bytes / 0.4e6) + bytes / 20e6;
  // With data its matrices are rounded by output error; a large model's are made in parts, without.
  return variant === 'int4' ? made + Math.min(60, bytes / 0.6e6) : made;
}
