/** The step that decides which samples calibrate, which ones choices are made on, which ones are judged. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Digest } from '../../base/brand.ts';
import { digestJson } from '../../base/digest.ts';
import type { DataSet } from '../../measure/data/data-set.ts';
import { planSplit, type SamplePart, type Split, splitCounts } from '../../measure/data/split.ts';
import { openModel } from '../../onnx/read-model.ts';
import { artifactPath, artifactSchema, digestSchema } from '../artifact.ts';
import { closeAll, dataRefsSchema, openDataRefs } from '../data-refs.ts';
import type { Step, Tools } from '../step.ts';

const inputSchema = z.object({
  model: artifactSchema,
  data: dataRefsSchema,
  seed: z.int(),
  needsTraining: z.boolean(),
});

const outputSchema = z.object({
  /** The split itself, {@link Split}, as a blob: it names every sample. */
  split: digestSchema,
  counts: z.object({
    calibration: z.int(),
    selection: z.int(),
    evaluation: z.int(),
    training: z.int().optional(),
  }),
  hasLabels: z.object({
    selection: z.boolean(),
    evaluation: z.boolean(),
    training: z.boolean().optional(),
  }),
  /** Of what the first judged sample feeds: the shapes at which latency is measured. */
  shapes: z.record(z.string(), z.array(z.int())),
  evaluationDigest: digestSchema.optional(),
  notes: z.array(z.string()),
});
export type SplitResult = z.infer<typeof outputSchema>;

export const splitStep: Step<z.infer<typeof inputSchema>, SplitResult> = {
  name: 'split',
  version: 4,
  needs: 'cpu',
  runsModel: false,
  input: inputSchema,
  output: outputSchema,
  estimate: () => ({ memoryBytes: 200e6, seconds: 0.5 }),
  // Of the weights beside the model nothing: it is asked what it is fed with.
  reads: ({ model }) => new Map((model.external ?? []).map(({ digest }) => [digest, []])),
  blobs: ({ split }) => [split],
  run: async ({ model, data, seed, needsTraining }, tools) => {
    const readable = new Map((model.external ?? []).map(({ location }) => [location, []]));
    using opened = openModel(await artifactPath(model, tools), { readable });
    const sets = await openDataRefs(data, opened.model, tools);
    try {
      const split = planSplit(sets, { seed, needsTraining });
      const judged = split.evaluation ?? split.selection ?? split.calibration;
      const set = judged && sets[judged.source];
      const first = judged?.indices[0];
      const sample = set && first !== undefined ? await set.sample(first) : {};
      return {
        split: await tools.store.putBytes(JSON.stringify(split)),
        counts: splitCounts(split),
        hasLabels: {
          selection: hasLabels(split.selection, sets),
          evaluation: hasLabels(split.evaluation, sets),
          ...(split.training && { training: hasLabels(split.training, sets) }),
        },
        shapes: Object.fromEntries(
          Object.entries(sample).map(([name, { dims }]) => [name, [...dims]]),
        ),
        ...(split.evaluation && { evaluationDigest: partDigest(split.evaluation, sets) }),
        notes: [...new Set(Object.values(sets).flatMap(({ notes }) => notes))],
      };
    } finally {
      await closeAll(sets);
    }
  },
};

/** Reads the stored split. */
export async function readSplit(digest: Digest, tools: Pick<Tools, 'locate'>): Promise<Split> {
  return JSON.parse(await readFile(await tools.locate(digest), 'utf8'));
}

function hasLabels(part: SamplePart | undefined, sets: Partial<Record<string, DataSet>>): boolean {
  return (part && sets[part.source]?.hasLabels) ?? false;
}

function partDigest(
  { source, indices }: SamplePart,
  sets: Partial<Record<string, DataSet>>,
): Digest {
  return digestJson({ data: sets[source]?.digest, indices });
}
