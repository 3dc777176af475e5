/** The samples that a network learns from, and those that say after each epoch how far it is. */
import { z } from 'zod';
import { InputError } from '../../base/errors.ts';
import type { DataSet } from '../../measure/data/data-set.ts';
import { heldOut, type SamplePart, type Split } from '../../measure/data/split.ts';
import { syntheticData } from '../../measure/data/synthetic.ts';
import type { Model } from '../../onnx/model.ts';
import type { TrainSamples } from '../../train/train-samples.ts';
import { digestSchema } from '../artifact.ts';
import { closeAll, type DataRefs, dataRefsSchema, openDataRefs } from '../data-refs.ts';
import type { Tools } from '../step.ts';
import { readSplit } from '../steps/split.ts';

export const trainingDataSchema = z.object({
  data: dataRefsSchema,
  split: digestSchema,
  /** Labels that there are count; else only what a teacher says does. */
  usesLabels: z.boolean(),
});
export type TrainingData = z.infer<typeof trainingDataSchema>;

export interface TrainingSamples {
  readonly training: TrainSamples;
  readonly validation: TrainSamples;
  readonly hasLabels: boolean;
  /** The validation samples where they are the selection part, for the metric of the report. */
  readonly judged?: { readonly data: DataSet; readonly indices: readonly number[] };
}

/** Where no data was given: a small network sees as many images in an epoch of MNIST's tenth. */
const SYNTHETIC_TRAINING = 4096;

/** Opens both for `work`, as samples of `model`, and closes the files after it. @throws InputError where there is nothing to train on */
export async function withTrainingSamples<T>(
  model: Model,
  { data, split: digest, usesLabels }: TrainingData,
  tools: Pick<Tools, 'locate'>,
  work: (samples: TrainingSamples) => Promise<T>,
): Promise<T> {
  const sets: Partial<Record<string, DataSet>> = await openDataRefs(data, model, tools);
  try {
    const split = await readSplit(digest, tools);
    return await work(chooseSamples(model, { data, split, usesLabels }, sets));
  } finally {
    await closeAll(sets);
  }
}

function chooseSamples(
  model: Model,
  { data, split, usesLabels }: { data: DataRefs; split: Split; usesLabels: boolean },
  sets: Partial<Record<string, DataSet>>,
): TrainingSamples {
  const [set, given] = data.synthetic ? drawn(model, data.synthetic) : partOf(split.training, sets);
  const hasLabels = usesLabels && set.hasLabels;
  const { selection } = split;
  const own = selection && sets[selection.source];
  const fits = own && selection.indices.length > 0 && (!hasLabels || own.hasLabels);
  const trained = fits ? given : given.slice(0, given.length - heldOut(given.length));
  const judged = fits
    ? { data: own, indices: selection.indices }
    : { data: set, indices: given.slice(trained.length) };
  return {
    training: samplesOf(set, trained, hasLabels),
    validation: samplesOf(judged.data, judged.indices, hasLabels),
    hasLabels,
    ...(fits && { judged }),
  };
}

function drawn(
  model: Model,
  { seed, ...spec }: NonNullable<DataRefs['synthetic']>,
): [DataSet, readonly number[]] {
  // Another seed: these are none of the inputs that are judged.
  const set = syntheticData(model, { ...spec, seed: seed + 1, samples: SYNTHETIC_TRAINING });
  return [set, Array.from({ length: set.length }, (_, index) => index)];
}

function partOf(
  part: SamplePart | undefined,
  sets: Partial<Record<string, DataSet>>,
): [DataSet, readonly number[]] {
  const set = part && sets[part.source];
  if (part && set) return [set, part.indices];
  throw new InputError('a variant is trained, and there are no samples to train it on', {
    hint: 'Give them with --training FILE (data.training), or one file with --data, of which 70 % then trains.',
  });
}

function samplesOf(set: DataSet, indices: readonly number[], hasLabels: boolean): TrainSamples {
  const at = (index: number): number => indices[index] ?? -1;
  return {
    length: indices.length,
    sample: (index) => set.sample(at(index)),
    label: (index) => (hasLabels ? set.label(at(index)) : undefined),
  };
}
