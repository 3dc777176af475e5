/** The stage that changes a network and trains it again: in every round something goes, norms are re-estimated, epochs follow. */

import type { Digest } from '../../../base/brand.ts';
import { stepName } from '../../../compress/variant.ts';
import type { TrainedEpoch, TrainedState, Training } from '../../../report/schema.ts';
import type { StoredArtifact } from '../../artifact.ts';
import { calibrateNormsStep } from '../../steps/calibrate-norms.ts';
import { pruneApplyStep } from '../../steps/prune-apply.ts';
import { type PlannedRemoval, prunePlanStep } from '../../steps/prune-plan.ts';
import { trainValidateStep } from '../../steps/train-validate.ts';
import type { RunPart } from '../../task-runner.ts';
import { BATCH, epochsFor, rateFor, shortened } from '../../training/defaults.ts';
import { keepsZeros, type TrainedRecipe } from '../../training/recipe.ts';
import { roundsOf } from '../../training/rounds.ts';
import type { ModelWork } from '../model-work.ts';
import { type Lesson, lossText, type NoLesson } from './lesson.ts';
import { runEpochs } from './run-epochs.ts';

export interface TrainedNetwork {
  readonly status: 'done';
  /** In training form. */
  readonly model: StoredArtifact;
  readonly training: Training;
  /** Epochs of each round that the time allowed. */
  readonly scheduled: readonly number[];
  /** What went, for people. */
  readonly description: string;
  readonly notes: readonly string[];
}

/** Of the tasks of a network that several variants may end with: what is taken out, and the epochs. */
export const removalTaskId = (network: string): string => `train ${network} removal`;
export const epochsTaskId = (network: string): string => `train ${network}`;

/** What recipes of the same network have in common: `slim-50+int8` is made of that of `slim-50`. */
export function networkName({ isDistilled, removals }: TrainedRecipe): string {
  const names = removals.map((removal) => stepName(removal));
  return [...(isDistilled ? ['distilled'] : []), ...names].join('+');
}

export interface TrainOptions {
  /** Tells apart tasks of one network that is trained in two ways. */
  readonly suffix?: string;
  /** As another training had them, however long they take. */
  readonly scheduled?: readonly number[];
}

/** Everything of a recipe but the precision. @throws as steps do */
export async function trainNetwork(
  work: ModelWork,
  recipe: TrainedRecipe,
  lesson: Lesson,
  { suffix = '', scheduled }: TrainOptions = {},
): Promise<TrainedNetwork | NoLesson> {
  const { job, tasks } = work;
  const rounds = roundsOf(recipe.removals);
  const name = `${networkName(recipe)}${suffix}`;
  const begun = await tasks.group(removalTaskId(name), async (run) => {
    const network = new Network(work, lesson, {
      run,
      name: networkName(recipe),
      hasStages: rounds.length > 1,
    });
    await network.validate('start');
    const [first] = rounds;
    const refused = first && (await network.remove(first));
    const [taken] = network.descriptions;
    const isPart = taken !== undefined && rounds.length > 1;
    const note = isPart ? `round 1 of ${rounds.length}: ${taken}` : taken;
    return { output: { network, refused }, note };
  });
  if (begun.refused) return begun.refused;
  const { network } = begun;
  const full = job.train.epochs ?? epochsFor(lesson.counts.training);
  // A student that was given loses nothing, and is trained all the same.
  const stages = Math.max(1, rounds.length);
  const epochs =
    scheduled ??
    Array.from({ length: stages }, (_, index) => (index < stages - 1 ? shortened(full) : full));
  const minutes = scheduled ? Number.POSITIVE_INFINITY : job.train.minutes;
  return tasks.group<TrainedNetwork | NoLesson>(epochsTaskId(name), async (run) => {
    network.continueAs(run);
    for (const [index, count] of epochs.entries()) {
      const removal = rounds[index];
      const refused = index > 0 && removal ? await network.remove(removal) : undefined;
      if (refused) return { output: refused };
      await network.train(
        { epochs: count, total: sum(epochs), minutes },
        keepsZeros(recipe.removals),
      );
    }
    await network.validate('trained');
    const output = network.result(sum(epochs));
    return { output, note: `${output.training.epochs.length} epochs` };
  });
}

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0);

/** A network on its way, and what is to be told of it. */
class Network {
  readonly #work: ModelWork;
  readonly #lesson: Lesson;
  readonly #name: string;
  readonly #hasStages: boolean;
  readonly #states: TrainedState[] = [];
  readonly #epochs: TrainedEpoch[] = [];
  readonly #stops: string[] = [];
  readonly #scheduled: number[] = [];
  readonly #plans: Digest[] = [];
  readonly #notes: string[];
  readonly descriptions: string[] = [];
  #run: RunPart;
  #model: StoredArtifact;
  #validation: number | undefined;
  #stage: string | undefined;
  #seconds = 0;
  #best = 0;

  constructor(
    work: ModelWork,
    lesson: Lesson,
    { run, name, hasStages }: { run: RunPart; name: string; hasStages: boolean },
  ) {
    this.#work = work;
    this.#lesson = lesson;
    this.#run = run;
    this.#name = name;
    this.#hasStages = hasStages;
    this.#model = lesson.form;
    this.#notes = [...lesson.notes];
  }

  /** From now on its steps are parts of another task. */
  continueAs(run: RunPart): void {
    this.#run = run;
  }

  /** Takes something out, and re-estimates norms. What is given is why nothing can go. */
  async remove(removal: PlannedRemoval): Promise<NoLesson | undefined> {
    const { samples } = this.#lesson;
    this.#stage = this.#hasStages ? stageName(removal) : undefined;
    const planned = await this.#run(prunePlanStep, { model: this.#model, removal, samples });
    if (planned.status === 'skipped') return planned;
    const { plan, description, notes } = planned;
    this.#plans.push(plan);
    this.descriptions.push(description);
    this.#notes.push(...notes);
    this.#model = await this.#run(pruneApplyStep, { model: this.#model, plan });
    await this.validate('removed');
    // Moments of generated inputs would take the place of those of real ones.
    if (this.#work.samples.isSynthetic) return undefined;
    const norms = { model: this.#model, samples, seed: this.#work.job.seed };
    const { model, changed } = await this.#run(calibrateNormsStep, norms);
    if (!changed) return undefined;
    this.#model = model;
    await this.validate('norms');
    return undefined;
  }

  /** Notes the state of the network on the validation samples. */
  async validate(state: TrainedState['state']): Promise<void> {
    const { samples, loss, teacher } = this.#lesson;
    const { samples: all, source } = this.#work;
    const metric = all.metrics?.selection;
    const { loss: validation, score } = await this.#run(trainValidateStep, {
      ...{ model: this.#model, samples, loss },
      ...(teacher && { teacher }),
      ...(metric && { metric }),
      reference: source.artifact,
    });
    this.#validation = validation;
    if (validation === undefined) return;
    this.#states.push({
      state,
      ...(this.#stage !== undefined && { stage: this.#stage }),
      validation,
      ...(score !== undefined && { score }),
    });
  }

  async train(
    { epochs, total, minutes }: { epochs: number; total: number; minutes: number },
    keeps: boolean,
  ): Promise<void> {
    const { samples, loss, teacher, counts } = this.#lesson;
    const { train, seed } = this.#work.job;
    const result = await runEpochs(
      this.#run,
      {
        ...{ samples, loss, seed, count: counts.training, keepsZeros: keeps },
        ...(teacher && { teacher }),
        ...(this.#work.samples.isSynthetic && { freezesNorms: true }),
        batch: train.batch ?? BATCH,
        rate: train.rate ?? rateFor('network'),
      },
      { model: this.#model, validation: this.#validation },
      {
        ...{ epochs, total, before: this.#epochs.length, minutes },
        seconds: Math.max(0, minutes * 60 - this.#seconds),
      },
    );
    this.#model = result.model;
    this.#validation = result.validation;
    this.#seconds += result.seconds;
    this.#best = result.best;
    this.#scheduled.push(result.scheduled);
    this.#epochs.push(...result.epochs);
    if (result.stopped !== undefined) this.#stops.push(result.stopped);
  }

  result(planned: number): TrainedNetwork {
    const { loss, counts, against } = this.#lesson;
    const { job, samples } = this.#work;
    const metric = samples.metrics?.selection.name;
    return {
      status: 'done',
      model: this.#model,
      scheduled: this.#scheduled,
      training: {
        name: this.#name,
        samples: counts.training,
        validationSamples: counts.validation,
        ...(samples.isSynthetic && { synthetic: true }),
        against,
        loss: lossText(loss),
        batch: job.train.batch ?? BATCH,
        rate: job.train.rate ?? rateFor('network'),
        ...(metric !== undefined && { metric }),
        states: this.#states,
        ...(this.#plans.length > 0 && { plans: this.#plans }),
        epochs: this.#epochs,
        planned,
        best: this.#best,
        ...(this.#stops.length > 0 && { stopped: this.#stops.join('; ') }),
      },
      description: this.descriptions.at(-1) ?? '',
      notes: this.#notes,
    };
  }
}

const stageName = (removal: PlannedRemoval): string =>
  'percent' in removal ? `${removal.kind}-${Number(removal.percent.toFixed(1))}` : removal.kind;
