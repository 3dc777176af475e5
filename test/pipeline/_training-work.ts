/** The digits with samples to train on, up to the point where something is taken out. For tests of steps and stages. */
import type { StoredArtifact } from '../../shared/pipeline/artifact.ts';
import type { JobRequest } from '../../shared/pipeline/job.ts';
import { trainingCheckStep } from '../../shared/pipeline/steps/training-check.ts';
import { trainingFormStep } from '../../shared/pipeline/steps/training-form.ts';
import type { TrainingData } from '../../shared/pipeline/training/training-samples.ts';
import type { LossSpec } from '../../shared/train/loss-spec.ts';
import { type DigitsWork, digitsWork } from './digits-work.ts';

/** 461 samples train, 128 of which calibrate, 51 of the same file are for choices, and 450 judge. */
export const TRAINING_DATA = {
  training: { path: 'calibration.npz' },
  evaluation: { path: 'test.npz' },
} as const;

export interface TrainingWork extends DigitsWork {
  readonly data: TrainingData;
  readonly form: StoredArtifact;
  readonly loss: LossSpec;
  readonly count: number;
}

export async function trainingWork(
  settings: JobRequest['settings'] = {},
  { usesLabels = true } = {},
): Promise<TrainingWork> {
  const work = await digitsWork({
    data: { ...TRAINING_DATA },
    variants: ['slim-50'],
    ...settings,
  });
  const { source, samples } = work;
  const data = { data: samples.refs, split: samples.split, usesLabels };
  const form = await trainingFormStep.run(
    { source: source.artifact, samples: data, seed: 0 },
    work.tools(),
  );
  if (form.status !== 'done') throw new Error(form.reason);
  const check = await trainingCheckStep.run(
    {
      ...{ model: form.model, samples: data },
      ...(!usesLabels && { teacher: work.prepared.model }),
    },
    work.tools(),
  );
  if (check.status !== 'done') throw new Error(check.reason);
  const { loss, counts } = check;
  return { ...work, data, form: form.model, loss, count: counts.training };
}
