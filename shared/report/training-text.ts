/** What training did, in sentences. */

import { formatScore, formatScoreDifference, isProportion, metricKind } from './metric-kind.ts';
import { formatCount, formatNumber } from './numbers.ts';
import type { Accuracy } from './schema.ts';
import type { TrainedState, Training } from './training-schema.ts';

/** `Trained on 6,000 samples against labels, cross-entropy in batches of 64; epoch 7 of 20 was the best: …`. */
export function describeTraining(training: Training): string {
  const { samples, synthetic, against, loss, batch, epochs, best, planned, stopped } = training;
  const inputs = synthetic ? 'generated inputs' : samples === 1 ? 'sample' : 'samples';
  const taken = epochs.find(({ epoch }) => epoch === best);
  const chosen = taken
    ? `epoch ${best} of ${epochs.length} was the best: ${formatNumber(taken.validation)} on ${formatCount(training.validationSamples)} validation samples`
    : `none of ${epochs.length} epochs was better than the state before`;
  const end = stopped ?? (epochs.length < planned ? `${planned} epochs were planned` : undefined);
  return [
    `Trained on ${formatCount(samples)} ${inputs} against ${against}, ${loss} in batches of ${batch}; ${chosen}`,
    ...(end === undefined ? [] : [end]),
  ].join('; ');
}

const TITLES: Readonly<Record<TrainedState['state'], string>> = {
  start: 'at the start',
  removed: 'after removal',
  norms: 'with normalizations re-estimated, nothing trained',
  trained: 'after training',
};

/** `pruned-75: after removal`. */
export function stateTitle({ state, stage }: Pick<TrainedState, 'state' | 'stage'>): string {
  return stage === undefined ? TITLES[state] : `${stage}: ${TITLES[state]}`;
}

/** What notes say of it: what re-estimation alone gave, why it stopped, whether a teacher helped. */
export function trainingNotes(training: Training): string[] {
  const { states, stopped, synthetic, withoutTeacher } = training;
  return [
    ...(states.length > 0 ? [statesSentence(training)] : []),
    ...(synthetic ? [GENERATED] : []),
    ...(stopped === undefined ? [] : [stopped]),
    ...(withoutTeacher ? [teacherSentence(withoutTeacher)] : []),
  ];
}

/** More than samples of one kind differ by, and the other way round than overfitting makes them differ. */
const UNLIKE = 0.2;

/** Samples that were prepared otherwise than those of the evaluation teach a network what is wrong there. A student starts anyhow. */
export function unlikeSamples(
  [first]: readonly Training[],
  accuracy: Pick<Accuracy, 'metric' | 'base' | 'samples'> | undefined,
): string[] {
  const start = first?.states.find(({ state }) => state === 'start')?.score;
  const base = accuracy?.base;
  if (!first || start === undefined || base === undefined || !accuracy) return [];
  const { metric } = accuracy;
  const isComparable = metric === first.metric && isProportion(metric);
  if (!isComparable || first.name.startsWith('distilled') || start > base - UNLIKE) return [];
  const samples = first.validationSamples;
  return [
    `${metricKind({ metric }).label} is ${formatScore({ metric, samples }, start)} on the validation samples before anything is trained, and ${formatScore(accuracy, base)} on the evaluation samples: were both prepared alike (range of values, order of channels, labels)?`,
  ];
}

const GENERATED = 'trained on generated inputs: whether it is right on real ones is not known';

/** `top-1 on 300 validation samples: the source model 98.0%, after removal 31.2%, …`. */
function statesSentence({ states, metric, loss, validationSamples: samples }: Training): string {
  const isScored = metric !== undefined && states.every(({ score }) => score !== undefined);
  const text = ({ validation, score = 0 }: TrainedState): string =>
    isScored ? formatScore({ metric, samples }, score) : formatNumber(validation);
  const unit = isScored ? metricKind({ metric }).label : loss;
  const path = states.map((state) => `${stateTitle(state)} ${text(state)}`).join(', ');
  return `${unit} on ${formatCount(samples)} validation samples: ${path}`;
}

/** Claimed only where the whole interval says so. */
function teacherSentence(other: NonNullable<Training['withoutTeacher']>): string {
  const { metric, value, difference, low, high, verdict, samples } = other;
  const format = (number: number): string => formatScoreDifference({ metric, samples }, number);
  const interval =
    low === undefined || high === undefined ? '' : ` [${format(low)}, ${format(high)}]`;
  const facts = `${format(difference)}${interval} against the same student trained on labels alone (${formatScore({ metric, samples }, value)})`;
  switch (verdict) {
    case 'better':
      return `distillation helped: ${facts}`;
    case 'worse':
      return `distillation did harm: ${facts}`;
    case 'same':
      return `distillation made no difference: ${facts}`;
    case 'inconclusive':
      return `it is not known whether distillation helped: ${facts}`;
  }
}
