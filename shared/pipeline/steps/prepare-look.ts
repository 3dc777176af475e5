/**
 * The step that says which bytes of the weights beside a large model its exact optimization may look at: small
 * constants, and the ends of large ones, by which equal ones are found. It reads the header.
 */
import { z } from 'zod';
import { openModel } from '../../onnx/read-model.ts';
import { artifactPath, artifactSchema } from '../artifact.ts';
import type { Step } from '../step.ts';
import { readsSchema } from '../variants/weight-parts.ts';

const inputSchema = z.object({ source: artifactSchema });

const outputSchema = z.object({
  /** Absent where they are too many. */
  reads: readsSchema.optional(),
});

export const prepareLookStep: Step<z.infer<typeof inputSchema>, z.infer<typeof outputSchema>> = {
  name: 'prepare-look',
  version: 1,
  needs: 'cpu',
  runsModel: false,
  input: inputSchema,
  output: outputSchema,
  estimate: () => ({ memoryBytes: 400e6, seconds: 5 }),
  // Of the weights beside the model nothing.
  reads: ({ source }) => new Map((source.external ?? []).map(({ digest }) => [digest, []])),
  blobs: () => [],
  run: async ({ source }, tools) => {
    const { looksOf } = await import('../variants/lay-out-prepared.ts');
    const readable = new Map((source.external ?? []).map(({ location }) => [location, []]));
    using opened = openModel(await artifactPath(source, tools), { readable });
    const reads = looksOf(opened.model);
    return reads ? { reads } : {};
  },
};
