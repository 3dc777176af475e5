/** The step that turns a model of another format into ONNX, node for node: what everything else starts from. */
import { z } from 'zod';
import { openSource } from '../../formats/open-source.ts';
import type { ReadOptions } from '../../formats/source-model.ts';
import { artifactBlobs, artifactSchema, storeModel } from '../artifact.ts';
import type { Step } from '../step.ts';

/** How a source is read. */
export const importOptionsSchema = z.object({
  /** As the user wrote the path: for messages. */
  shown: z.string(),
  /** The version of ai.onnx to write; else the lowest that does. */
  opset: z.int().optional(),
  signature: z.string().optional(),
  inputs: z.array(z.string()).readonly().optional(),
  outputs: z.array(z.string()).readonly().optional(),
});
export type ImportOptions = z.infer<typeof importOptionsSchema>;

/** The same for a reader. */
export function importOptions({
  shown,
  opset,
  signature,
  inputs,
  outputs,
}: ImportOptions): ReadOptions {
  return {
    shown,
    ...(opset !== undefined && { opset }),
    ...(signature !== undefined && { signature }),
    ...(inputs && { inputs }),
    ...(outputs && { outputs }),
  };
}

const inputSchema = importOptionsSchema.extend({ source: artifactSchema });

const outputSchema = z.object({
  model: artifactSchema,
  producer: z.string(),
  notes: z.array(z.string()),
});
export type Imported = z.infer<typeof outputSchema>;

export const importStep: Step<z.infer<typeof inputSchema>, Imported> = {
  name: 'import',
  version: 3,
  needs: 'cpu',
  runsModel: false,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes }) => ({
    memoryBytes: 150e6 + bytes / 4,
    seconds: 0.5 + bytes / 100e6,
    diskBytes: 3 * bytes,
  }),
  blobs: ({ model }) => artifactBlobs(model),
  run: async (input, tools) => {
    using source = await openSource(await tools.locate(input.source.digest), importOptions(input));
    return {
      model: await storeModel(source.model, tools),
      producer: source.producer,
      notes: [...source.notes],
    };
  },
};
