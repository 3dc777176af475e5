/**
 * Epochs one after another: the best by its validation loss is taken. It ends early where nothing gets better and where
 * its time is over, and goes back once where an epoch does harm.
 */

import type { Digest } from '../../../base/brand.ts';
import { formatNumber } from '../../../report/numbers.ts';
import type { TrainedEpoch } from '../../../report/schema.ts';
import type { StoredArtifact } from '../../artifact.ts';
import type { Progress } from '../../step.ts';
import { type Epoch, type EpochInput, trainEpochStep } from '../../steps/train-epoch.ts';
import type { RunPart } from '../../task-runner.ts';

/** What all epochs of a stage have in common. */
export type EpochsInput = Omit<EpochInput, 'model' | 'state' | 'epoch' | 'epochs'>;

export interface EpochsPlan {
  readonly epochs: number;
  /** Epochs of former stages: numbers go on. */
  readonly before: number;
  /** Of all stages, for the display. */
  readonly total: number;
  /** That the epochs may take. */
  readonly seconds: number;
  /** As the user gave it. */
  readonly minutes: number;
}

export interface EpochsResult {
  /** The best one. */
  readonly model: StoredArtifact;
  readonly validation: number;
  /** Its number; 0: none was better than the start. */
  readonly best: number;
  readonly epochs: readonly TrainedEpoch[];
  /** How many the time allowed: the schedule of whatever is to be compared with it. */
  readonly scheduled: number;
  readonly stopped?: string;
  /** That the epochs took. */
  readonly seconds: number;
}

/**
 * Epochs in a row without a better one, before it is taken for over: so many, and a quarter of a long training, in
 * which the rate has yet to fall.
 */
const PATIENCE = { least: 5, share: 0.25 };

/** What is left of the rate after an epoch that did harm. */
const SLOWER = 0.25;

/** So many times the validation loss of the start tell that steps are too long: what lost little is to be retrained gently. */
const HARM = 2;

interface State {
  readonly model: StoredArtifact;
  readonly state?: Digest;
}

interface Best {
  readonly model: StoredArtifact;
  /** In this stage; 0 is its start. */
  readonly epoch: number;
  readonly validation: number;
}

/** `start`: what is trained, and its validation loss, if that is a number. */
export async function runEpochs(
  run: RunPart,
  input: EpochsInput,
  start: { readonly model: StoredArtifact; readonly validation: number | undefined },
  plan: EpochsPlan,
): Promise<EpochsResult> {
  const { before, total, minutes } = plan;
  const patience = Math.max(PATIENCE.least, Math.ceil(plan.epochs * PATIENCE.share));
  const done: TrainedEpoch[] = [];
  let { epochs } = plan;
  let { rate } = input;
  let seconds = 0;
  let stopped: string | undefined;
  let slower: string | undefined;
  let now: State = { model: start.model };
  let best: Best = {
    model: start.model,
    epoch: 0,
    validation: start.validation ?? Number.POSITIVE_INFINITY,
  };
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const shown = shownAs(before + epoch, total, done.at(-1)?.validation);
    const begun = seconds;
    const made = await run(
      trainEpochStep,
      { ...input, ...now, rate, epoch, epochs },
      {
        shown,
        took: (took) => {
          seconds += took;
        },
      },
    );
    const harm = harmOf(made, start.validation);
    if (harm !== undefined && slower === undefined) {
      slower = `${harm} in epoch ${before + epoch}: it went on at a quarter of the rate`;
      rate *= SLOWER;
      now = { model: best.model };
      epoch--;
      continue;
    }
    if (made.status === 'diverged') {
      stopped = `${harm} in epoch ${before + epoch}, at a quarter of the rate too: training ended there`;
      break;
    }
    const { model, state, loss, validation } = made;
    now = { model, state };
    done.push({ epoch: before + epoch, loss, validation });
    if (validation < best.validation) best = { model, epoch, validation };
    if (epoch === epochs) break;
    if (epoch - best.epoch >= patience) {
      stopped = `stopped after ${epoch} of ${plan.epochs} epochs: ${patience} in a row were not better`;
      break;
    }
    if (seconds >= plan.seconds) {
      epochs = epoch;
      stopped = `stopped after ${epoch} of ${plan.epochs} epochs by --minutes ${minutes}`;
      break;
    }
    // The rate falls towards the end: an end that time allows is better than none.
    const left = plan.seconds - seconds;
    if (epoch === 1) epochs = Math.min(epochs, affordable(seconds - begun, left));
  }
  const shortened =
    stopped === undefined && epochs < plan.epochs
      ? `stopped after ${epochs} of ${plan.epochs} epochs by --minutes ${minutes}`
      : stopped;
  const told = [slower, shortened].flatMap((text) => text ?? []).join('; ');
  return {
    model: best.model,
    validation: best.validation,
    best: best.epoch === 0 ? 0 : before + best.epoch,
    epochs: done,
    scheduled: epochs,
    ...(told !== '' && { stopped: told }),
    seconds,
  };
}

/** What an epoch did to the network, where that is too much. */
function harmOf(made: Epoch, start: number | undefined): string | undefined {
  if (made.status === 'diverged') return 'the loss was no number any more';
  const { validation } = made;
  return start !== undefined && validation > HARM * start
    ? `the validation loss was ${formatNumber(validation)} after ${formatNumber(start)} at the start`
    : undefined;
}

/** As many as fit, by what the first took. Decided after that, so that all others have one schedule. */
const affordable = (took: number, left: number): number => 1 + Math.max(1, Math.floor(left / took));

/** `epoch 7 of 20 · loss 0.123 · 6,300 samples/s · validation 0.131`. */
function shownAs(epoch: number, total: number, validation: number | undefined) {
  return ({ fraction = 0, detail }: Progress): Progress => ({
    fraction: (epoch - 1 + fraction) / total,
    detail: [
      `epoch ${epoch} of ${total}`,
      ...(detail === undefined ? [] : [detail]),
      ...(validation === undefined ? [] : [`validation ${formatNumber(validation)}`]),
    ].join(' · '),
  });
}
