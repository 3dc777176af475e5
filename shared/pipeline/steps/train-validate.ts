/** The step that says how far a network is: its loss on the validation samples, and the metric of the report on them. */
import { z } from 'zod';
import { canonicalJson } from '../../base/digest.ts';
import { evaluate, scoreTable } from '../../measure/evaluate.ts';
import { openModel } from '../../onnx/read-model.ts';
import { openSession } from '../../runtime/session.ts';
import { sharedProcess } from '../../runtime/shared-process.ts';
import { lossSpecSchema } from '../../train/loss-spec.ts';
import { artifactPath, artifactSchema } from '../artifact.ts';
import { metricRefSchema, openMetricRef } from '../metric-ref.ts';
import { recordedOutputs } from '../recorded-outputs.ts';
import type { Step, Tools } from '../step.ts';
import {
  type TrainingSamples,
  trainingDataSchema,
  withTrainingSamples,
} from '../training/training-samples.ts';

const inputSchema = z.object({
  /** In training form. */
  model: artifactSchema,
  samples: trainingDataSchema,
  loss: lossSpecSchema,
  teacher: artifactSchema.optional(),
  metric: metricRefSchema.optional(),
  /** What outputs are compared with by metrics that ask for it. */
  reference: artifactSchema,
});
type ValidateInput = z.infer<typeof inputSchema>;

const outputSchema = z.object({
  /** Absent where it is no finite number. */
  loss: z.number().optional(),
  /** Absent where the validation samples are not those of the metric, or it is not defined on them. */
  score: z.number().optional(),
});
export type Validated = z.infer<typeof outputSchema>;

export const trainValidateStep: Step<ValidateInput, Validated> = {
  name: 'train-validate',
  version: 1,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 500e6 + 6 * bytes, seconds: 2 + bytes / 1e6 }),
  blobs: () => [],
  run: async (input, tools) => {
    const { validationLoss } = await import('../../train/validation-loss.ts');
    using opened = openModel(await artifactPath(input.model, tools));
    using teacher = input.teacher && openModel(await artifactPath(input.teacher, tools));
    return await withTrainingSamples(opened.model, input.samples, tools, async (samples) => {
      const loss = await validationLoss(opened.model, samples.validation, {
        loss: input.loss,
        ...(teacher && { teacher: teacher.model }),
        process: sharedProcess(),
      });
      const score = await scoreOf(input, samples, tools);
      return {
        ...(Number.isFinite(loss) && { loss }),
        ...(Number.isFinite(score) && { score }),
      };
    });
  },
};

async function scoreOf(
  { model, metric: ref, reference: of, samples: { data: refs, split } }: ValidateInput,
  { judged }: TrainingSamples,
  tools: Tools,
): Promise<number | undefined> {
  if (!judged || !ref) return undefined;
  const metric = await openMetricRef(ref, tools);
  await using session = await openSession(await artifactPath(model, tools));
  await using reference = await openSession(await artifactPath(of, tools));
  using recorded = recordedOutputs(canonicalJson({ of, refs, split, name: 'selection' }));
  const { scores } = await evaluate(session, judged.data, judged.indices, {
    metric,
    reference: (index, feeds) => recorded.outputs.get(index, () => reference.run(feeds)),
  });
  return scores && metric.aggregate(scoreTable(scores));
}
