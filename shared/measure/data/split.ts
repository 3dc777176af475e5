/**
 * Which samples calibrate, which ones choices are made on, and which ones are judged: never the same.
 *
 * Given one file, a seeded permutation, stratified by label, makes three parts. With files for single
 * purposes each part comes from its own file; see {@link planSplit} for every combination.
 */
import { InputError } from '../../base/errors.ts';
import { createRandom, shuffled } from '../../base/random.ts';
import { type DataSet, isTensor } from './data-set.ts';

/** The contract: at most so many samples calibrate; more changes ranges by less than rounding does. */
export const CALIBRATION_MAX = 128;
/** Of one file; the example of the contract has 128 of 450. */
const CALIBRATION_SHARE = 0.3;
/** The contract: at most a quarter is used for choices. */
const SELECTION_SHARE = 0.25;
/** Every candidate of a search runs all of them; what is not needed is left for judging. */
export const SELECTION_MAX = 1000;
/** The contract: of a single file, so much trains. */
const TRAINING_SHARE = 0.7;
/** Of a file that trains: what is chosen on is lost to training. */
const HELD_OUT_SHARE = 0.1;

export type DataRole = 'all' | 'calibration' | 'evaluation' | 'training';

/** A part: samples of one of the given files, in an order of which every prefix is stratified too. */
export interface SamplePart {
  readonly source: DataRole;
  readonly indices: readonly number[];
}

/** Plain JSON. A part without samples is absent. */
export interface Split {
  readonly calibration?: SamplePart;
  readonly selection?: SamplePart;
  readonly evaluation?: SamplePart;
  readonly training?: SamplePart;
}

type Splittable = Pick<DataSet, 'length' | 'digest' | 'hasLabels' | 'label' | 'path'>;
export type SplitSources = Readonly<Partial<Record<DataRole, Splittable>>>;

export interface SplitOptions {
  readonly seed: number;
  /** Whether a variant will be trained: a single file then gives 70 % of its samples to that. */
  readonly needsTraining?: boolean;
}

/**
 * | given | calibration | selection | evaluation |
 * |---|---|---|---|
 * | all | all | all | all: three parts |
 * | all + calibration | calibration | all | all |
 * | evaluation + all, or + calibration | the other | the other | evaluation, whole |
 * | evaluation alone | none | none | evaluation, whole |
 * | calibration alone | calibration | calibration | none |
 * | training, with evaluation or alone | training | training | evaluation, whole; none |
 *
 * `training`, where given, trains whole, but for samples that have another part; those that calibrate train too where
 * there is no other file for either. @throws InputError where one file is given for two parts that must differ
 */
export function planSplit(
  sources: SplitSources,
  { seed, needsTraining = false }: SplitOptions,
): Split {
  refuseSharedEvaluation(sources);
  const { all, calibration, evaluation, training } = sources;
  const takes = partTaker(sources, seed);

  if (training !== undefined && all === undefined && calibration === undefined) {
    return parts({
      ...shareTraining(takes),
      evaluation: takes('evaluation', takes.left('evaluation')),
    });
  }
  let trained: SamplePart | undefined;
  if (needsTraining && training === undefined && all !== undefined && calibration === undefined) {
    trained = takes('all', Math.floor(all.length * TRAINING_SHARE));
  }
  let calibrationPart: SamplePart | undefined;
  let selectionPart: SamplePart | undefined;
  if (evaluation !== undefined || all === undefined) {
    const other: DataRole = calibration === undefined ? 'all' : 'calibration';
    const length = takes.left(other);
    const selecting = Math.min(SELECTION_MAX, Math.floor(length * SELECTION_SHARE));
    calibrationPart = takes(other, Math.min(CALIBRATION_MAX, length - selecting));
    selectionPart = takes(other, selecting);
  } else {
    const role: DataRole = calibration === undefined ? 'all' : 'calibration';
    const length = takes.left('all');
    const calibrating =
      role === 'calibration'
        ? Math.min(CALIBRATION_MAX, takes.left(role))
        : Math.min(CALIBRATION_MAX, atLeastOneOf(length, CALIBRATION_SHARE));
    calibrationPart = takes(role, calibrating);
    const selecting = Math.min(SELECTION_MAX, Math.floor(length * SELECTION_SHARE));
    selectionPart = takes('all', Math.min(selecting, Math.max(0, takes.left('all') - 1)));
  }
  const judged = evaluation === undefined ? 'all' : 'evaluation';
  const evaluationPart = takes(judged, takes.left(judged));
  if (training !== undefined) {
    const used = [calibrationPart, selectionPart].filter(
      (part) => part !== undefined && sources[part.source]?.digest === training.digest,
    );
    trained = without(takes('training', training.length), used);
  }
  return parts({
    calibration: calibrationPart,
    selection: selectionPart,
    evaluation: evaluationPart,
    training: trained,
  });
}

/** Of the training file alone: what it calibrates with it trains with too. */
function shareTraining(
  takes: PartTaker,
): Record<Exclude<keyof Split, 'evaluation'>, SamplePart | undefined> {
  const length = takes.left('training');
  const selection = takes('training', heldOut(length));
  const training = takes('training', length);
  const calibration = training && {
    ...training,
    indices: training.indices.slice(0, CALIBRATION_MAX),
  };
  return { calibration, selection, training };
}

/** Of so many samples that train, those that choices are made on instead. */
export const heldOut = (count: number): number =>
  Math.min(SELECTION_MAX, atLeastOneOf(count, HELD_OUT_SHARE));

/** The counts that the report states. */
export function splitCounts(split: Split) {
  const count = (part: SamplePart | undefined): number => part?.indices.length ?? 0;
  return {
    calibration: count(split.calibration),
    selection: count(split.selection),
    evaluation: count(split.evaluation),
    ...(split.training === undefined ? {} : { training: count(split.training) }),
  };
}

/**
 * All sample numbers in a random order of which every prefix holds each label in its share, within
 * one sample. Labels that are tensors or nearly all different do not stratify.
 */
export function stratifiedOrder(data: Splittable, seed: number, label = 'split'): number[] {
  const random = createRandom(seed, label);
  const keyed: { index: number; key: number; tie: number }[] = [];
  for (const group of groupsOf(data)) {
    // Each group spreads evenly over the whole order, from a random start.
    const start = random.float();
    for (const [rank, index] of shuffled(group, random).entries()) {
      keyed.push({ index, key: (rank + start) / group.length, tie: random.uint32() });
    }
  }
  return keyed.sort((a, b) => a.key - b.key || a.tie - b.tie).map(({ index }) => index);
}

function groupsOf(data: Splittable): number[][] {
  const all = Array.from({ length: data.length }, (_, index) => index);
  if (!data.hasLabels) return [all];
  const groups = new Map<string, number[]>();
  for (const index of all) {
    const label = data.label(index);
    if (isTensor(label)) return [all];
    const key = JSON.stringify(label);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  }
  // Texts and measured values: a stratum of one sample says nothing.
  return groups.size > data.length / 2 ? [all] : [...groups.values()];
}

interface PartTaker {
  (role: DataRole, count: number): SamplePart | undefined;
  left(role: DataRole): number;
}

/** Takes samples off the front of each file's order; no sample is taken twice. */
function partTaker(sources: SplitSources, seed: number): PartTaker {
  const orders = new Map<DataRole, { order: number[]; next: number }>();
  const stateOf = (role: DataRole) => {
    const source = sources[role];
    const state = orders.get(role) ?? {
      order: source === undefined ? [] : stratifiedOrder(source, seed),
      next: 0,
    };
    orders.set(role, state);
    return state;
  };
  const take = (role: DataRole, count: number): SamplePart | undefined => {
    const state = stateOf(role);
    const indices = state.order.slice(state.next, state.next + count);
    state.next += indices.length;
    return indices.length === 0 ? undefined : { source: role, indices };
  };
  const left = (role: DataRole): number => {
    const { order, next } = stateOf(role);
    return order.length - next;
  };
  return Object.assign(take, { left });
}

/** A share of so many, but one at least as long as another is left for judging. */
function atLeastOneOf(count: number, share: number): number {
  return count < 2 ? 0 : Math.max(1, Math.floor(count * share));
}

function without(
  part: SamplePart | undefined,
  used: readonly (SamplePart | undefined)[],
): SamplePart | undefined {
  const taken = new Set(used.flatMap((other) => other?.indices ?? []));
  const indices = part?.indices.filter((index) => !taken.has(index)) ?? [];
  return part === undefined || indices.length === 0 ? undefined : { ...part, indices };
}

function refuseSharedEvaluation({ all, calibration, evaluation, training }: SplitSources): void {
  const judged = evaluation ?? all;
  const others = evaluation === undefined ? [calibration, training] : [calibration, training, all];
  const same = others.find((other) => other !== undefined && other.digest === judged?.digest);
  if (judged === undefined || same === undefined) return;
  throw new InputError(
    `${judged.path} is given to be judged on and to calibrate or train with: its numbers would flatter`,
    {
      where: judged.path,
      hint: 'Give it once, with --data: it is then split into separate parts.',
    },
  );
}

function parts(split: Readonly<Record<keyof Split, SamplePart | undefined>>): Split {
  return Object.fromEntries(Object.entries(split).filter(([, part]) => part !== undefined));
}
