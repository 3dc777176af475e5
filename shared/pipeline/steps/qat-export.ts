/** The step that writes a network that was trained in 8 or 4 bits with integers, as static quantization writes one. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { openModel } from '../../onnx/read-model.ts';
import {
  artifactBlobs,
  artifactPath,
  artifactSchema,
  digestSchema,
  storeModel,
} from '../artifact.ts';
import { checkWrittenOpset } from '../check-opset.ts';
import { modelFacts, modelFactsSchema } from '../model-facts.ts';
import type { Step } from '../step.ts';

const inputSchema = z.object({
  /** As training left it. */
  model: artifactSchema,
  plan: digestSchema,
  /** The highest that may be written. */
  opset: z.int().optional(),
  /** At which shapes of the inputs costs are estimated. */
  shapes: z.record(z.string(), z.array(z.int()).readonly()).optional(),
});

const outputSchema = z.object({ model: artifactSchema, facts: modelFactsSchema });

export const qatExportStep: Step<z.infer<typeof inputSchema>, z.infer<typeof outputSchema>> = {
  name: 'qat-export',
  version: 3,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 300e6 + 4 * bytes, seconds: 2 + bytes / 20e6 }),
  blobs: ({ model }) => artifactBlobs(model),
  run: async ({ model: given, plan, opset, shapes }, tools) => {
    const { exportQat } = await import('../../compress/quantize/qat/export-qat.ts');
    using opened = openModel(await artifactPath(given, tools));
    const written = JSON.parse(await readFile(await tools.locate(plan), 'utf8'));
    const model = await exportQat(opened.model, written);
    checkWrittenOpset(model, opset);
    return { model: await storeModel(model, tools), facts: await modelFacts(model, shapes) };
  },
};
