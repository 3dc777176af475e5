/** The step that makes the float32 ONNX form of a model: read, verified, exactly optimized, written. */
import { z } from 'zod';
import { openModel } from '../../onnx/read-model.ts';
import { artifactBlobs, artifactPath, artifactSchema, storeModel } from '../artifact.ts';
import { modelFactsSchema } from '../model-facts.ts';
import { prepareModel } from '../prepare-model.ts';
import type { Step } from '../step.ts';

const inputSchema = z.object({
  source: artifactSchema,
  /** The highest opset that may be written. */
  opset: z.int().optional(),
});

const valueSchema = z.object({
  name: z.string(),
  type: z.string(),
  shape: z
    .array(z.union([z.number(), z.string()]))
    .readonly()
    .optional(),
});

export const preparedSchema = z.object({
  model: artifactSchema,
  opset: z.int(),
  inputs: z.array(valueSchema).readonly(),
  outputs: z.array(valueSchema).readonly(),
  /** Of the result. */
  facts: modelFactsSchema,
  sourceOps: z.number(),
  /** Changes by pass, all rounds together; passes that changed nothing are left out. */
  passes: z.record(z.string(), z.int()),
  notes: z.array(z.string()),
});
export type Prepared = z.infer<typeof preparedSchema>;

export const prepareStep: Step<z.infer<typeof inputSchema>, Prepared> = {
  name: 'prepare',
  version: 7,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: preparedSchema,
  // The source, what is made of it, and that in the store.
  estimate: ({ bytes }) => ({
    memoryBytes: 200e6 + bytes,
    seconds: 1 + bytes / 50e6,
    diskBytes: 3 * bytes,
  }),
  blobs: ({ model }) => artifactBlobs(model),
  run: async ({ source, opset }, tools) => {
    using opened = openModel(await artifactPath(source, tools));
    const { model, facts } = await prepareModel(opened.model, opset);
    return { model: await storeModel(model, tools), ...facts };
  },
};
