/** The step that says how small a file becomes on its way: zeros save nothing in memory, but there. */
import { z } from 'zod';
import { compressedSize } from '../../measure/compressed-size.ts';
import { compressedSchema } from '../../report/variant-schema.ts';
import { artifactPath, artifactSchema } from '../artifact.ts';
import type { Step } from '../step.ts';

const inputSchema = z.object({ model: artifactSchema });

export const compressedSizeStep: Step<
  z.infer<typeof inputSchema>,
  z.infer<typeof compressedSchema>
> = {
  name: 'compressed-size',
  version: 1,
  needs: 'cpu',
  runsModel: false,
  input: inputSchema,
  output: compressedSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 200e6, seconds: 0.5 + bytes / 20e6 }),
  blobs: () => [],
  run: async ({ model }, tools) => compressedSize(await artifactPath(model, tools)),
};
