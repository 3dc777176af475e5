/**
 * The step that runs a model over one part of the data: a few numbers a sample for the metric, and
 * how closely its outputs follow the source model's.
 */
import { z } from 'zod';
import { canonicalJson } from '../../base/digest.ts';
import { evaluate } from '../../measure/evaluate.ts';
import { summarizeFidelity } from '../../measure/fidelity.ts';
import { openModel } from '../../onnx/read-model.ts';
import { fidelitySchema } from '../../report/variant-schema.ts';
import { openSession } from '../../runtime/session.ts';
import { artifactPath, artifactSchema, digestSchema } from '../artifact.ts';
import { closeAll, dataRefsSchema, openDataRefs } from '../data-refs.ts';
import { metricRefSchema, openMetricRef } from '../metric-ref.ts';
import { recordedOutputs } from '../recorded-outputs.ts';
import type { Step } from '../step.ts';
import { readSplit } from './split.ts';

const inputSchema = z.object({
  model: artifactSchema,
  /** The source model: what outputs are compared with. */
  reference: artifactSchema,
  data: dataRefsSchema,
  split: digestSchema,
  part: z.enum(['selection', 'evaluation']),
  /** Absent: only fidelity. */
  metric: metricRefSchema.optional(),
});

const outputSchema = z.object({
  samples: z.int(),
  /** SampleScores as a blob. */
  scores: digestSchema.optional(),
  fidelity: fidelitySchema.optional(),
  /** All outputs are the same bits as the reference's, on all samples. */
  isSameOutput: z.boolean(),
});
export type ScoreResult = z.infer<typeof outputSchema>;

export const scoreStep: Step<z.infer<typeof inputSchema>, ScoreResult> = {
  name: 'score',
  version: 2,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  // One after another, and the reference beside each.
  estimate: ({ bytes, models = 1 }) => ({ memoryBytes: 300e6 + 6 * bytes, seconds: 1 + models }),
  blobs: ({ scores }) => (scores ? [scores] : []),
  run: async (input, tools) => {
    const referencePath = await artifactPath(input.reference, tools);
    using source = openModel(referencePath);
    const sets = await openDataRefs(input.data, source.model, tools);
    try {
      const part = (await readSplit(input.split, tools))[input.part];
      const data = part && sets[part.source];
      if (!part || !data) return { samples: 0, isSameOutput: false };
      const metric = input.metric && (await openMetricRef(input.metric, tools));
      await using session = await openSession(await artifactPath(input.model, tools));
      await using reference = await openSession(referencePath);
      const { reference: of, data: refs, split, part: name } = input;
      using recorded = recordedOutputs(canonicalJson({ of, refs, split, name }));
      const { scores, fidelity } = await evaluate(session, data, part.indices, {
        ...(metric && { metric }),
        reference: (index, feeds) => recorded.outputs.get(index, () => reference.run(feeds)),
        onProgress: (done) =>
          tools.progress({
            fraction: done / part.indices.length,
            detail: `${done} of ${part.indices.length} samples`,
          }),
      });
      const summary = fidelity && summarizeFidelity(fidelity);
      return {
        samples: part.indices.length,
        ...(scores && { scores: await tools.store.putBytes(JSON.stringify(scores)) }),
        ...(summary && {
          fidelity: { ...summary, outputs: summary.outputs.map((output) => ({ ...output })) },
        }),
        isSameOutput: summary?.maxAbsError === 0 && summary.broken === undefined,
      };
    } finally {
      await closeAll(sets);
    }
  },
};
