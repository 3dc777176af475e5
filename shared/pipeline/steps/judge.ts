/** The step that compares the scores of a variant with its base's, sample by sample. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { isNonInferior, judgeAccuracy } from '../../measure/accuracy/judge.ts';
import type { SampleScores } from '../../measure/evaluate.ts';
import { accuracyVerdictSchema } from '../../report/schema-parts.ts';
import { digestSchema } from '../artifact.ts';
import { metricRefSchema, openMetricRef } from '../metric-ref.ts';
import type { Step } from '../step.ts';

const inputSchema = z.object({
  metric: metricRefSchema,
  base: digestSchema,
  variant: digestSchema,
  isSameOutput: z.boolean(),
  seed: z.int(),
});

const outputSchema = z.object({
  metric: z.string(),
  higherIsBetter: z.boolean(),
  value: z.number(),
  valueLow: z.number().optional(),
  valueHigh: z.number().optional(),
  base: z.number(),
  difference: z.number(),
  low: z.number().optional(),
  high: z.number().optional(),
  samples: z.int(),
  wins: z.int().optional(),
  losses: z.int().optional(),
  neededSamples: z.int().optional(),
  verdict: accuracyVerdictSchema,
  isNonInferior: z.boolean(),
  isErrorMetric: z.boolean(),
});
export type AccuracyResult = z.infer<typeof outputSchema>;

export const judgeStep: Step<z.infer<typeof inputSchema>, AccuracyResult> = {
  name: 'judge',
  version: 2,
  needs: 'cpu',
  runsModel: false,
  input: inputSchema,
  output: outputSchema,
  estimate: () => ({ memoryBytes: 200e6, seconds: 0.5 }),
  blobs: () => [],
  run: async ({ metric: ref, base, variant, isSameOutput, seed }, tools) => {
    const metric = await openMetricRef(ref, tools);
    const read = async (digest: typeof base): Promise<SampleScores> =>
      JSON.parse(await readFile(await tools.locate(digest), 'utf8'));
    const judgement = judgeAccuracy(metric, await read(base), await read(variant), {
      seed,
      isSameOutput,
    });
    const { low, high, valueLow, valueHigh, ...rest } = judgement;
    // One sample bounds nothing: an infinite interval is no number, and absent in the report.
    return {
      ...rest,
      ...(Number.isFinite(low) && Number.isFinite(high) && { low, high }),
      ...(Number.isFinite(valueLow) && Number.isFinite(valueHigh) && { valueLow, valueHigh }),
      isNonInferior: isNonInferior(metric, judgement),
      isErrorMetric: metric.isErrorMetric,
    };
  },
};
