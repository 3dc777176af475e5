/** The samples that choices may see: calibration and selection, as quantization takes them. */
import type { NamedTensors } from '../../base/tensor.ts';
import { isNonInferior, judgeAccuracy } from '../../measure/accuracy/judge.ts';
import type { DataSet } from '../../measure/data/data-set.ts';
import type { SamplePart } from '../../measure/data/split.ts';
import { syntheticData } from '../../measure/data/synthetic.ts';
import type { SampleScores } from '../../measure/evaluate.ts';
import type { Metric } from '../../measure/metrics/metric.ts';
import type { Model } from '../../onnx/model.ts';
import { closeAll, openDataRefs } from '../data-refs.ts';
import { openMetricRef } from '../metric-ref.ts';
import type { Tools } from '../step.ts';
import type { CompressInput } from '../steps/compress.ts';
import { readSplit } from '../steps/split.ts';

/** Some samples of a data set, numbered from 0. */
export interface PartSamples {
  readonly length: number;
  sample(index: number): Promise<NamedTensors>;
}

/** Judges a variant on the selection samples by the job's metric. */
export interface PartJudge {
  statistics(index: number, outputs: NamedTensors, reference: NamedTensors): readonly number[];
  judge(
    base: readonly (readonly number[])[],
    variant: readonly (readonly number[])[],
  ): { readonly difference: number; readonly isNonInferior: boolean };
}

export interface ChoiceSamples {
  readonly calibration: PartSamples;
  readonly selection?: { readonly samples: PartSamples; readonly judge?: PartJudge };
  readonly isSynthetic: boolean;
}

/** As many as a split of synthetic inputs gives. */
const SYNTHETIC_CALIBRATION = 19;

/** Opens them for `work`, and closes the files after it. */
export async function withChoiceSamples<T>(
  model: Model,
  { data, split: digest, metric: ref, seed, shapes = {} }: CompressInput,
  tools: Tools,
  work: (samples: ChoiceSamples) => Promise<T>,
): Promise<T> {
  const sets = await openDataRefs(data, model, tools);
  try {
    const split = await readSplit(digest, tools);
    const metric = ref && (await openMetricRef(ref, tools));
    const { selection } = split;
    const set = selection && sets[selection.source];
    const hasCalibration = (split.calibration?.indices.length ?? 0) > 0;
    return await work({
      // Where evaluation takes every sample that there is, inputs to calibrate on are made up.
      calibration: hasCalibration
        ? partOf(split.calibration, sets)
        : syntheticData(model, { samples: SYNTHETIC_CALIBRATION, seed, shapes }),
      isSynthetic: data.synthetic !== undefined || !hasCalibration,
      ...(selection &&
        set && {
          selection: {
            samples: partOf(selection, sets),
            ...(metric && { judge: judgeOf(metric, set, selection, seed) }),
          },
        }),
    });
  } finally {
    await closeAll(sets);
  }
}

/** The samples of a part by their position in it. */
export async function* eachSample({
  length,
  sample,
}: PartSamples): AsyncIterableIterator<NamedTensors> {
  for (let index = 0; index < length; index++) yield await sample(index);
}

function partOf(part: SamplePart | undefined, sets: Partial<Record<string, DataSet>>): PartSamples {
  const set = part && sets[part.source];
  if (!part || !set)
    return { length: 0, sample: () => Promise.reject(new RangeError('the part is empty')) };
  return { length: part.indices.length, sample: (index) => set.sample(part.indices[index] ?? -1) };
}

function judgeOf(metric: Metric, set: DataSet, part: SamplePart, seed: number): PartJudge {
  const table = (rows: readonly (readonly number[])[]): SampleScores => ({
    metric: metric.name,
    width: rows[0]?.length ?? 0,
    indices: rows.map((_, row) => row),
    values: rows.flat(),
  });
  return {
    statistics: (index, outputs, reference) => {
      const label = set.label(part.indices[index] ?? -1);
      return metric.statistics(outputs, { reference, ...(label !== undefined && { label }) });
    },
    judge: (base, variant) => {
      const judgement = judgeAccuracy(metric, table(base), table(variant), { seed });
      return { difference: judgement.difference, isNonInferior: isNonInferior(metric, judgement) };
    },
  };
}
