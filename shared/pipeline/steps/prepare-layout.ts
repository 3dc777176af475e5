/**
 * The step that lays out the exactly optimized float32 form of a large model, of which it has the header and what
 * `prepare-look` names. Where every large weight stays as it is, parts of the files are made by `weights-part`, of the
 * draft: the optimized model, whose weights lie beside the source.
 */
import { z } from 'zod';
import { LimitError } from '../../base/errors.ts';
import { NotAnnounced } from '../../onnx/readable-ranges.ts';
import { artifactSchema, digestSchema } from '../artifact.ts';
import type { Step } from '../step.ts';
import { layoutSchema, rangesOf, readsSchema } from '../variants/weight-parts.ts';
import { preparedSchema } from './prepare.ts';

const inputSchema = z.object({
  source: artifactSchema,
  /** The highest opset that may be written. */
  opset: z.int().optional(),
  reads: readsSchema,
  parts: z.object({ bytes: z.int().positive(), chunk: z.int().positive() }),
});
export type PrepareLayoutInput = z.infer<typeof inputSchema>;

const outputSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('laid-out'),
    files: z.array(layoutSchema).min(1).max(2),
    draft: digestSchema,
    prepared: preparedSchema.omit({ model: true }),
  }),
  /** Some weights change: they can be computed here, if these ranges are read too. */
  z.object({ status: z.literal('more'), reads: readsSchema }),
  z.object({ status: z.literal('whole'), reason: z.string() }),
]);
export type PrepareLayout = z.infer<typeof outputSchema>;

export const prepareLayoutStep: Step<PrepareLayoutInput, PrepareLayout> = {
  name: 'prepare-layout',
  version: 1,
  needs: 'cpu',
  // Types are inferred by the runtime, and small constants computed.
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 600e6 + bytes, seconds: 20 + bytes / 50e6 }),
  workload: ({ reads }) => ({
    bytes: reads.flatMap(({ ranges }) => [...ranges]).reduce((sum, { length }) => sum + length, 0),
  }),
  reads: ({ source, reads }) =>
    new Map(
      (source.external ?? []).map(({ location, digest }) => [digest, rangesOf(reads, location)]),
    ),
  blobs: (output) => (output.status === 'laid-out' ? [output.draft] : []),
  run: async (input, tools) => {
    try {
      const { layOutPrepared } = await import('../variants/lay-out-prepared.ts');
      return await layOutPrepared(input, tools);
    } catch (error) {
      if (error instanceof NotAnnounced || error instanceof LimitError)
        return { status: 'whole', reason: error.message };
      throw error;
    }
  },
};
