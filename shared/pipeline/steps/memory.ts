/** Peak memory of loading and running a model once, in a fresh process: a measurement of this machine. */
import { z } from 'zod';
import { measurePeakMemory } from '../../measure/memory.ts';
import { artifactPath, artifactSchema, digestSchema } from '../artifact.ts';
import { dataRefsSchema } from '../data-refs.ts';
import type { Step } from '../step.ts';
import { firstFeeds } from './feeds.ts';
import { machineSchema } from './machine.ts';

const inputSchema = z.object({
  model: artifactSchema,
  signature: artifactSchema,
  data: dataRefsSchema,
  split: digestSchema,
  threads: z.int(),
  machine: machineSchema,
});

const outputSchema = z.object({ peakBytes: z.number() });

export const memoryStep: Step<z.infer<typeof inputSchema>, z.infer<typeof outputSchema>> = {
  name: 'memory',
  version: 1,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes, models = 1 }) => ({
    memoryBytes: 200e6 + 3 * bytes,
    seconds: 0.6 * models,
  }),
  blobs: () => [],
  run: async ({ model, signature, data, split, threads }, tools) => {
    const feeds = await firstFeeds(signature, data, split, tools);
    const { peakBytes } = await measurePeakMemory(await artifactPath(model, tools), feeds, {
      threads,
    });
    return { peakBytes };
  },
};
