/** How far a variant's outputs are from the float model's: one number that few samples tell well, and the share of equal decisions. */
import type { NamedTensors, Tensor } from '../../../../base/tensor.ts';

/** Of one sample, or the mean over many. */
export interface Damage {
  /**
   * The mean over outputs: of rows of probabilities the mean squared Hellinger distance, ½·Σ(√p − √q)²; of other
   * outputs the squared error relative to the output's own square. Both are bounded where decisions flip,
   * unlike the Kullback–Leibler divergence, whose mean hangs on the few worst rows.
   */
  readonly damage: number;
  /** Decisions (largest of a row of probabilities or scores, a probability above ½) and how many agree. */
  readonly decisions: number;
  readonly agreed: number;
}

/** Rows of probabilities sum to 1 this closely. */
const SUM_TOLERANCE = 1e-2;
/** For a variant that gives NaN or another shape: worse than any that computes. */
const BROKEN = 1e6;

/** The damage to one sample. */
export function damageOf(reference: NamedTensors, given: NamedTensors): Damage {
  let damage = 0;
  let decisions = 0;
  let agreed = 0;
  let outputs = 0;
  for (const [name, wanted] of Object.entries(reference)) {
    if (!(wanted.data instanceof Float32Array)) continue;
    const got = given[name];
    const one = compare(wanted, wanted.data, got?.data);
    outputs++;
    damage += one.damage;
    decisions += one.decisions;
    agreed += one.agreed;
  }
  return { damage: damage / Math.max(1, outputs), decisions, agreed };
}

/** The mean damage, decisions added up. */
export function meanDamage(samples: readonly Damage[]): Damage {
  const sum = (pick: (damage: Damage) => number): number =>
    samples.reduce((total, sample) => total + pick(sample), 0);
  return {
    damage: sum(({ damage }) => damage) / Math.max(1, samples.length),
    decisions: sum(({ decisions }) => decisions),
    agreed: sum(({ agreed }) => agreed),
  };
}

/** Agreed decisions as a share; 1 where nothing is decided. */
export const agreementOf = ({ decisions, agreed }: Damage): number =>
  decisions === 0 ? 1 : agreed / decisions;

function compare({ dims }: Tensor, wanted: Float32Array, got: Tensor['data'] | undefined): Damage {
  if (!(got instanceof Float32Array) || got.length !== wanted.length)
    return { damage: BROKEN, decisions: 0, agreed: 0 };
  if (wanted.length === 0) return { damage: 0, decisions: 0, agreed: 0 };
  if (wanted.length === 1) return compareOne(wanted[0] ?? 0, got[0] ?? 0);
  const columns = dims.at(-1) ?? 1;
  // [C] or [1, C]: scores of classes. A longer shape with one long axis is a list of places.
  const isVector = dims.length <= 2 && columns === wanted.length;
  const isClasses = columns > 1 && hasProbabilities(wanted, columns);
  const error = isClasses ? distance(wanted, got, columns) : relativeError(wanted, got);
  const width = isClasses ? columns : isVector ? wanted.length : 0;
  const damage = finite(error);
  return width === 0
    ? { damage, decisions: 0, agreed: 0 }
    : { damage, ...agreement(wanted, got, width) };
}

/** A lone probability: of two classes. */
function compareOne(wanted: number, got: number): Damage {
  if (wanted < 0 || wanted > 1)
    return { damage: finite(relativeError([wanted], [got])), decisions: 0, agreed: 0 };
  return {
    damage: finite(distance([wanted, 1 - wanted], [got, 1 - got], 2)),
    decisions: 1,
    agreed: Number(wanted > 0.5 === got > 0.5),
  };
}

const finite = (error: number): number => (Number.isFinite(error) ? error : BROKEN);

/** Of rows that do not sum to 1 any more, too: 1 − Σ√(p·q), which is the same where they do, would be below 0. */
function distance(wanted: ArrayLike<number>, got: ArrayLike<number>, columns: number): number {
  let sum = 0;
  for (let i = 0; i < wanted.length; i++)
    sum += (Math.sqrt(wanted[i] as number) - Math.sqrt(got[i] as number)) ** 2;
  return (0.5 * sum * columns) / wanted.length;
}

function relativeError(wanted: ArrayLike<number>, got: ArrayLike<number>): number {
  let error = 0;
  let size = 0;
  for (let i = 0; i < wanted.length; i++) {
    const value = wanted[i] as number;
    error += ((got[i] as number) - value) ** 2;
    size += value * value;
  }
  return size === 0 ? error : error / size;
}

function agreement(wanted: Float32Array, got: Float32Array, columns: number) {
  const rows = wanted.length / columns;
  let agreed = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let best = start;
    let bestGot = start;
    for (let i = start + 1; i < start + columns; i++) {
      if ((wanted[i] as number) > (wanted[best] as number)) best = i;
      if ((got[i] as number) > (got[bestGot] as number)) bestGot = i;
    }
    if (best === bestGot) agreed++;
  }
  return { decisions: rows, agreed };
}

function hasProbabilities(values: Float32Array, columns: number): boolean {
  for (let start = 0; start < values.length; start += columns) {
    let sum = 0;
    for (let i = start; i < start + columns; i++) {
      const value = values[i] as number;
      if (!(value >= 0)) return false;
      sum += value;
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE) return false;
  }
  return true;
}
