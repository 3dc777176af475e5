/**
 * What a network is to learn, from which samples, against what: found out, and refused where it makes no sense, before
 * anything is taken out or trained.
 */
import { InputError } from '../../../base/errors.ts';
import type { LossSpec } from '../../../train/loss-spec.ts';
import type { StoredArtifact } from '../../artifact.ts';
import { trainedVariants } from '../../job.ts';
import { trainingCheckStep } from '../../steps/training-check.ts';
import { trainingFormStep } from '../../steps/training-form.ts';
import { type Attempt, attempt } from '../../task-runner.ts';
import { type TrainedRecipe, trainedRecipe } from '../../training/recipe.ts';
import type { TrainingData } from '../../training/training-samples.ts';
import type { ModelWork } from '../model-work.ts';
import { networkOf, teacherOf } from './networks.ts';

export interface Lesson {
  /** The network, in training form, before anything is taken out. */
  readonly form: StoredArtifact;
  readonly samples: TrainingData;
  readonly loss: LossSpec;
  readonly teacher?: StoredArtifact;
  readonly counts: { readonly training: number; readonly validation: number };
  /** What outputs are compared with, for people. */
  readonly against: string;
  readonly notes: readonly string[];
}

/** It cannot be taught to this network. */
export type NoLesson = Exclude<Attempt<never>, { status: 'done' }>;

/** What a network is taught by: labels, a teacher, or both. */
export type Taught = 'labels' | 'teacher' | 'both';

/** Of the task that makes training forms and looks at samples and labels. */
export const LESSON = 'training form';

/**
 * Labels of fewer samples do not say all that a network knew. `slim-50` of the digits (1,213 samples, six seeds) loses
 * 0.33 points when it is taught by its outputs too, and 0.74 by labels alone; `slim-50+int8-qat` of 7,200 of MNIST (three) 0.32
 * and 0.68. With 58,000 samples of Fashion-MNIST a teacher that is right nine times of ten holds back: 0.55 and 0.27 points.
 */
const FEW_LABELS = 20_000;

/**
 * How a recipe is taught where there are labels: by them, and by a teacher beside them where it is a student, where one
 * was asked for, and where the labels are few.
 */
export function taughtBy({ isDistilled }: TrainedRecipe, work: ModelWork): Taught {
  if (!hasLabels(work)) return 'teacher';
  const { job, networks, samples } = work;
  const { hard } = job.train;
  if (hard === 1) return 'labels';
  const isAsked = isDistilled || hard !== undefined || networks?.teacher !== undefined;
  const areFew = (samples.facts.counts.training ?? 0) < FEW_LABELS;
  return isAsked || areFew ? 'both' : 'labels';
}

/** Whether there are labels to learn from, and they are to be used. */
export const hasLabels = ({ job, samples }: ModelWork): boolean =>
  samples.facts.hasLabels.training === true && job.train.hard !== 0;

/** Lessons of all variants of the job. @throws InputError for samples and labels that nothing can be learned from */
export async function checkLessons(work: ModelWork): Promise<void> {
  const { job, networks, context } = work;
  const recipes = trainedVariants(job).flatMap((variant) => {
    const recipe = trainedRecipe(variant, networks?.student !== undefined);
    return recipe ? [recipe] : [];
  });
  await context.together(recipes.map((recipe) => () => attempt(() => ownLesson(work, recipe))));
}

/**
 * The lesson of a variant: labels that no loss is known for (texts, boxes) leave the teacher.
 * @throws InputError for samples and labels that nothing can be learned from
 */
export async function ownLesson(
  work: ModelWork,
  recipe: TrainedRecipe,
): Promise<Lesson | NoLesson> {
  const taught = taughtBy(recipe, work);
  const lesson = await lessonOf(work, recipe, taught);
  if (!('status' in lesson) || taught === 'teacher') return lesson;
  const other = await lessonOf(work, recipe, 'teacher');
  if ('status' in other) return lesson;
  return { ...other, notes: [...other.notes, `labels were not used: ${lesson.reason}`] };
}

/** @throws InputError for samples and labels that nothing can be learned from */
export async function lessonOf(
  work: ModelWork,
  recipe: TrainedRecipe,
  taught: Taught,
): Promise<Lesson | NoLesson> {
  const { job, samples, source, tasks } = work;
  const data = samplesOf(work, taught);
  const student = recipe.isDistilled ? await networkOf(work, 'student') : undefined;
  const teacher = taught === 'labels' ? undefined : await teacherOf(work);
  const { temperature, hard, features } = job.train;
  return tasks.group<Lesson | NoLesson>(LESSON, async (run) => {
    const form = await run(trainingFormStep, {
      source: student ?? source.artifact,
      samples: data,
      seed: job.seed,
    });
    if (form.status === 'skipped') return { output: form, note: form.reason };
    const check = await run(trainingCheckStep, {
      model: form.model,
      samples: data,
      ...(teacher && {
        teacher: teacher.model,
        ...(temperature !== undefined && { temperature }),
        ...(hard !== undefined && { hard }),
        ...(features && { features }),
      }),
    }).catch((error: unknown) => {
      throw located(error, job);
    });
    if (check.status === 'skipped') return { output: check, note: check.reason };
    const lesson: Lesson = {
      form: form.model,
      samples: data,
      loss: check.loss,
      ...(teacher && { teacher: teacher.model }),
      counts: check.counts,
      against: againstText(check.loss, teacher?.shown),
      notes: check.notes,
    };
    return {
      output: lesson,
      note: samples.isSynthetic ? 'generated inputs' : `${check.counts.training} samples`,
    };
  });
}

/** The step knows samples by their numbers, and not the file that they come from. */
function located(error: unknown, { data }: ModelWork['job']): unknown {
  const file = (data.training ?? data.all)?.path;
  if (!(error instanceof InputError) || file === undefined) return error;
  error.where = error.where === undefined ? file : `${file}, ${error.where}`;
  return error;
}

/** What steps are told of the samples. */
export const samplesOf = ({ samples }: ModelWork, taught: Taught): TrainingData => ({
  data: samples.refs,
  split: samples.split,
  usesLabels: taught !== 'teacher',
});

/** `labels`, `the source model`, `teacher.onnx and labels`. */
export function againstText(loss: LossSpec, teacher = 'the source model'): string {
  if (loss.kind !== 'teacher') return 'labels';
  return loss.hard > 0 ? `${teacher} and labels` : teacher;
}

/** What the loss is called in the field. */
export function lossText(loss: LossSpec): string {
  if (loss.kind === 'classes') return 'cross-entropy';
  if (loss.kind === 'values') return loss.loss === 'mse' ? 'mean squared error' : 'Huber loss';
  const kinds = [...new Set(loss.outputs.map((output) => OUTPUT_LOSSES[output.loss]))];
  const soft = kinds.join(' and ');
  return loss.hard > 0 && loss.labels ? `${soft} with ${lossText(loss.labels)}` : soft;
}

const OUTPUT_LOSSES = {
  probabilities: 'divergence',
  chances: 'divergence',
  mse: 'mean squared error',
  huber: 'Huber loss',
} as const;
