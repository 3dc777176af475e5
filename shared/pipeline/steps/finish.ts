/** The step that makes the float32 variant of a trained network: normalizations folded, optimized exactly. */
import { z } from 'zod';
import { openModel } from '../../onnx/read-model.ts';
import { artifactBlobs, artifactPath, artifactSchema, storeModel } from '../artifact.ts';
import { modelFacts, modelFactsSchema } from '../model-facts.ts';
import { prepareModel } from '../prepare-model.ts';
import type { Step } from '../step.ts';

const inputSchema = z.object({
  /** In training form. */
  model: artifactSchema,
  /** The highest that may be written. */
  opset: z.int().optional(),
  /** At which shapes of the inputs costs are estimated. */
  shapes: z.record(z.string(), z.array(z.int()).readonly()).optional(),
});

const outputSchema = z.object({ model: artifactSchema, facts: modelFactsSchema });

export const finishStep: Step<z.infer<typeof inputSchema>, z.infer<typeof outputSchema>> = {
  name: 'finish',
  version: 1,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 200e6 + 2 * bytes, seconds: 1 + bytes / 50e6 }),
  blobs: ({ model }) => artifactBlobs(model),
  run: async ({ model: given, opset, shapes }, tools) => {
    using opened = openModel(await artifactPath(given, tools));
    const { model } = await prepareModel(opened.model, opset);
    return { model: await storeModel(model, tools), facts: await modelFacts(model, shapes) };
  },
};
