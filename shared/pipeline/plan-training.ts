/** The shards of variants that are trained. Epochs depend on the samples, which a plan does not read: it counts the usual ones. */
import type { Hardware } from '../base/hardware.ts';
import { type Job, trainedVariants } from './job.ts';
import { compressTaskId } from './stages/make.ts';
import { ALONE, teacherTaskId } from './stages/train/compare-teacher.ts';
import { LESSON } from './stages/train/lesson.ts';
import { networkTaskId } from './stages/train/networks.ts';
import { epochsTaskId, networkName, removalTaskId } from './stages/train/train-network.ts';
import type { PlannedStep, Workload } from './step.ts';
import { compressStep } from './steps/compress.ts';
import { finishStep } from './steps/finish.ts';
import { prepareStep } from './steps/prepare.ts';
import { prunePlanStep } from './steps/prune-plan.ts';
import { qatFormStep } from './steps/qat-form.ts';
import { scoreStep } from './steps/score.ts';
import { trainEpochStep, USUAL_SAMPLES } from './steps/train-epoch.ts';
import { trainingFormStep } from './steps/training-form.ts';
import { epochsFor, LEAST_PRECISION_EPOCHS, shortened } from './training/defaults.ts';
import { type TrainedRecipe, trainedRecipe } from './training/recipe.ts';
import { roundsOf } from './training/rounds.ts';

/** A shard before its estimate. */
export interface TrainingShard {
  readonly id: string;
  readonly title: string;
  readonly step: PlannedStep;
  readonly work: Partial<Workload>;
  /** So many of them, one after another. */
  readonly times?: number;
}

type TrainedOf = Pick<Job, 'variants' | 'autoTrains' | 'train'>;

/** Only what was asked for is a promise. */
const countText = (epochs: number, train: Job['train']): string =>
  train.epochs === undefined ? '' : `, ${epochs} epochs`;

/** What all trained variants of a job have in common. */
export function planLessons(job: TrainedOf): TrainingShard[] {
  const { train } = job;
  const recipes = recipesOf(job);
  if (recipes.length === 0) return [];
  const roles = (['teacher', 'student'] as const).filter((role) => train[role]);
  return [
    ...roles.map((role) => ({
      ...{ id: networkTaskId(role), title: `training: read the ${role}` },
      ...{ step: prepareStep, work: {} },
    })),
    {
      ...{ id: LESSON, title: 'training: trainable form, samples and labels' },
      ...{ step: trainingFormStep, work: {} },
    },
  ];
}

/** Networks that variants end with: each once, whatever precisions are made of it. */
export function planNetworks(job: TrainedOf): TrainingShard[] {
  const { train } = job;
  const recipes = new Map(recipesOf(job).map((recipe) => [networkName(recipe), recipe]));
  return [...recipes].flatMap(([name, recipe]) => {
    if (name === '') return [];
    const shards = planNetwork(name, recipe, train);
    if (!recipe.isDistilled) return shards;
    const alone = planNetwork(`${name}${ALONE}`, recipe, train);
    const comparison = {
      ...{ id: teacherTaskId(recipe), title: `${name}: compare with labels alone` },
      ...{ step: scoreStep, work: { models: 2 } },
    };
    return [...shards, ...alone, comparison];
  });
}

function planNetwork(
  name: string,
  { removals }: TrainedRecipe,
  train: Job['train'],
): TrainingShard[] {
  const full = train.epochs ?? epochsFor(USUAL_SAMPLES);
  const rounds = Math.max(1, roundsOf(removals).length);
  const epochs = full + (rounds - 1) * shortened(full);
  return [
    {
      ...{ id: removalTaskId(name), title: `${name}: choose and take out` },
      ...{ step: prunePlanStep, work: {} },
    },
    {
      ...{ id: epochsTaskId(name), title: `${name}: train${countText(epochs, train)}` },
      ...{ step: trainEpochStep, work: { samples: USUAL_SAMPLES }, times: epochs },
    },
  ];
}

/** What is left for one variant and one hardware once its network is there. `title` names both. */
export function planTrained(
  { variant, hardware, title }: { variant: string; hardware: Hardware; title: string },
  { precision, trainedPrecision }: TrainedRecipe,
  train: Job['train'],
): TrainingShard[] {
  const id = compressTaskId(variant, hardware);
  if (trainedPrecision) {
    const full = train.epochs ?? epochsFor(USUAL_SAMPLES);
    const epochs = shortened(full, LEAST_PRECISION_EPOCHS);
    return [
      {
        ...{ id: `${id} plan`, title: `${title}: plan the rounding` },
        ...{ step: qatFormStep, work: {} },
      },
      {
        ...{
          id,
          title: `${title}: train in ${trainedPrecision === 'int4-qat' ? 4 : 8} bits${countText(epochs, train)}`,
        },
        ...{ step: trainEpochStep, work: { samples: USUAL_SAMPLES }, times: epochs },
      },
    ];
  }
  const finish = { id, title: `${title}: finish`, step: finishStep, work: {} };
  if (precision === undefined) return [finish];
  return [{ id, title: `${title}: compress`, step: compressStep, work: { variant: precision } }];
}

function recipesOf(job: TrainedOf): TrainedRecipe[] {
  const hasStudent = job.train.student !== undefined;
  return trainedVariants(job).flatMap((variant) => trainedRecipe(variant, hasStudent) ?? []);
}
