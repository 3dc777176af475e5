/** Which loss fits a model and its labels, or a teacher; said before anything is trained. */
import { InputError, UnsupportedError } from '../base/errors.ts';
import type { NamedTensors, Tensor } from '../base/tensor.ts';
import { asNumbers, numbersOf } from '../measure/data/convert.ts';
import type { Model } from '../onnx/model.ts';
import { openSession } from '../runtime/session.ts';
import { type ChosenLabels, labelLoss } from './choose-label-loss.ts';
import { teacherOutputs } from './choose-teacher-loss.ts';
import type { LossSpec, TeacherLoss } from './loss-spec.ts';
import { setUp, teacherInputs } from './set-up.ts';
import { stepGraph } from './step-graph.ts';
import { trainedNames } from './train-epoch.ts';
import type { TrainSamples } from './train-samples.ts';

export interface LossWishes {
  /** Whether the samples have labels that shall be used. */
  readonly hasLabels: boolean;
  /** A teacher, in training form as the model is, or as any float32 model. */
  readonly teacher?: Model;
  /** Of a teacher's logits; 2. */
  readonly temperature?: number;
  /** The share of labels beside a teacher: 0.5 with labels, 0 without. */
  readonly hard?: number;
  /** The output that labels are for; the first that fits. */
  readonly output?: string;
  /** Against labels that are no classes; `mse`. */
  readonly values?: 'mse' | 'huber';
  /** As in the options of an epoch. */
  readonly trainable?: (name: string) => boolean;
  /** Inner values by name that student and teacher shall agree in. */
  readonly features?: readonly { readonly student: string; readonly teacher: string }[];
}

export interface ChosenLoss {
  readonly loss: LossSpec;
  /** What was recognised, a sentence each. */
  readonly notes: readonly string[];
}

/** With fewer there is no batch whose gradient means anything. */
export const MIN_SAMPLES = 16;

/** Outputs that are looked at: whether they are probabilities shows in a few. */
const PROBED = 8;

/** As in Hinton et al., 2015: between 1, which hardly tells more than labels, and 4. */
const TEMPERATURE = 2;

/** Labels and teacher weigh the same. */
const HARD = 0.5;

/**
 * Checks model, labels and teacher too.
 * @throws InputError for too few samples, classes that no sample has or the model does not know, labels that fit no
 *   output, a teacher that gives something else than the student; UnsupportedError for labels that no loss is made of
 *   (texts), and where nothing can be trained
 */
export async function chooseLoss(
  model: Model,
  samples: TrainSamples,
  wishes: LossWishes,
): Promise<ChosenLoss> {
  if (samples.length < MIN_SAMPLES)
    throw new InputError(
      `there are ${samples.length} samples to train on, and ${MIN_SAMPLES} are the least`,
      { hint: 'Give more with --training.' },
    );
  const { teacher } = wishes;
  if (!wishes.hasLabels && !teacher)
    throw new InputError('there is nothing to train for: neither labels nor a teacher');
  const outputs = await probe(model, samples, 'the model');
  const labels = wishes.hasLabels ? labelLoss(model, samples, outputs, wishes) : undefined;
  const loss = teacher
    ? await withTeacher(model, teacher, samples, outputs, labels, wishes)
    : labels?.loss;
  if (!loss) throw new InputError('no output of the model fits the labels');
  const stuck = await tryOut(model, samples, loss, teacher, wishes.trainable);
  return { loss, notes: [...(labels ? [labels.note] : []), ...noteOfTeacher(loss), ...stuck] };
}

/** What a model gives for the first samples. @throws InputError for what is no number */
async function probe(
  model: Model,
  samples: TrainSamples,
  what: string,
  inputs?: Readonly<Record<string, string>>,
): Promise<readonly NamedTensors[]> {
  await using session = await openSession(model);
  const found: NamedTensors[] = [];
  for (let index = 0; index < Math.min(PROBED, samples.length); index++) {
    const outputs = await session.run(renamed(await samples.sample(index), inputs));
    for (const [name, tensor] of Object.entries(outputs))
      if (hasNaN(tensor))
        throw new InputError(`${what} gives NaN in "${name}" for training sample ${index}`, {
          where: name,
        });
    found.push(outputs);
  }
  return found;
}

function renamed(sample: NamedTensors, inputs?: Readonly<Record<string, string>>): NamedTensors {
  if (!inputs) return sample;
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, from]) => {
      const tensor = sample[from];
      return tensor ? [[name, tensor]] : [];
    }),
  );
}

const hasNaN = (tensor: Tensor): boolean =>
  tensor.type.startsWith('float') &&
  asNumbers(numbersOf(tensor, 'the output')).some((value) => Number.isNaN(value));

async function withTeacher(
  model: Model,
  teacher: Model,
  samples: TrainSamples,
  outputs: readonly NamedTensors[],
  labels: ChosenLabels | undefined,
  wishes: LossWishes,
): Promise<TeacherLoss> {
  const inputs = teacherInputs(teacher, model);
  const taught = await probe(teacher, samples, 'the teacher', inputs);
  const { features, temperature = TEMPERATURE } = wishes;
  const hard = labels ? (wishes.hard ?? HARD) : 0;
  return {
    kind: 'teacher',
    outputs: teacherOutputs({ model, outputs }, { model: teacher, outputs: taught }, labels?.loss),
    temperature,
    hard,
    ...(labels && hard > 0 && { labels: labels.loss }),
    ...(features && features.length > 0 && { features: [...features] }),
  };
}

/** Makes one step's graph, so that what cannot be trained is said now: a sentence about weights that will stay. */
async function tryOut(
  model: Model,
  samples: TrainSamples,
  loss: LossSpec,
  teacher: Model | undefined,
  trainable: LossWishes['trainable'],
): Promise<readonly string[]> {
  const set = await setUp(model, await samples.sample(0), {
    loss,
    batch: 2,
    trainsNorms: true,
    ...(teacher && { teacher }),
  });
  const weights = trainedNames(model, trainable);
  if (weights.length === 0)
    throw new UnsupportedError('the model has no weights that could be trained');
  const { blocked, inTheWay } = await stepGraph(set.form.model, {
    weights,
    optimizer: { name: 'sgd', momentum: 0 },
    extraInputs: set.head.extraInputs,
    loss: set.head.emit,
    states: set.states,
    shapes: set.shapes,
  });
  if (blocked.length === 0) return [];
  const count =
    blocked.length === 1 ? '1 weight stays as it is' : `${blocked.length} weights stay as they are`;
  return [`${count}: nothing can be trained through ${inTheWay.join(', ')}`];
}

function noteOfTeacher(loss: LossSpec): readonly string[] {
  if (loss.kind !== 'teacher') return [];
  const parts = loss.outputs.map(({ student, loss: by }) => `${DISTANCES[by]} in "${student}"`);
  const share = loss.hard > 0 ? `, labels weigh ${Math.round(100 * loss.hard)} %` : '';
  const heat = loss.outputs.some(({ loss: by }) => by === 'probabilities' || by === 'chances')
    ? `, temperature ${loss.temperature}`
    : '';
  return [`a teacher: ${parts.join(', ')}${heat}${share}`];
}

const DISTANCES = {
  probabilities: 'divergence of the classes',
  chances: 'divergence of each chance',
  mse: 'squared error',
  huber: 'Huber error',
} as const;
