/**
 * The paired bootstrap: what the difference of two metrics could have been on other samples.
 *
 * Samples are drawn with replacement, the same ones for both models. Bounds are BCa (Efron, 1987: bias
 * and skew corrected) at levels of Student's t instead of the normal ("expanded percentile", Hesterberg
 * 2015), since plain percentiles are too narrow on few samples.
 */
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import studentQuantile from '@stdlib/stats-base-dists-t-quantile';
import { createRandom, type Random } from '../../base/random.ts';
import type { Metric, ScoreTable } from '../metrics/metric.ts';
import type { Interval } from './paired-proportions.ts';

/** Enough that a 99.9 % bound (Holm over a report) still rests on several replicates. */
export const REPLICATES = 4000;
/** Work for one judgement, in numbers looked at: about two seconds. Metrics that keep many get fewer replicates. */
const MAX_WORK = 2e9;
/** Below, a 95 % bound rests on fewer than a dozen replicates. */
const MIN_REPLICATES = 500;
/** Samples are left out in groups of n/200 to learn the skew: of 200 estimates it is known well enough. */
const JACKKNIFE_GROUPS = 200;

/** Everything about a statistic's distribution that its bounds at any confidence need. */
export interface BootstrapEvidence {
  readonly estimate: number;
  /** Ascending. */
  readonly replicates: Float64Array;
  readonly bias: number;
  readonly acceleration: number;
  readonly samples: number;
}

export interface PairedEvidence {
  readonly difference: BootstrapEvidence;
  readonly value: BootstrapEvidence;
}

/** Resamples both tables together. Rows are the same samples in the same order. */
export function bootstrapPaired(
  metric: Metric,
  base: ScoreTable,
  variant: ScoreTable,
  seed: number,
): PairedEvidence {
  const { rows } = variant;
  const work = rows * Math.max(2, base.width + variant.width);
  const count = Math.max(MIN_REPLICATES, Math.min(REPLICATES, Math.floor(MAX_WORK / work)));
  const random = createRandom(seed, `bootstrap ${metric.name}`);
  const draw = metric.kind === 'mean' ? meanSampler(base, variant) : sampler(metric, base, variant);
  const values: number[] = [];
  const differences: number[] = [];
  for (let replicate = 0; replicate < count; replicate++) {
    const { value, difference } = draw(random);
    // A resample on which the metric is not defined (AUC without a positive) says nothing.
    if (Number.isNaN(difference)) continue;
    values.push(value);
    differences.push(difference);
  }
  const value = metric.aggregate(variant);
  const difference = value - metric.aggregate(base);
  const left = jackknife(rows, (kept) => {
    const partial = metric.aggregate(variant, kept);
    return { value: partial, difference: partial - metric.aggregate(base, kept) };
  });
  const valuesLeft = left.map((one) => one.value);
  const differencesLeft = left.map((one) => one.difference);
  return {
    value: evidence(value, values, valuesLeft, rows),
    difference: evidence(difference, differences, differencesLeft, rows),
  };
}

type Draw = (random: Random) => { value: number; difference: number };

/** Any metric: how often each sample was drawn, given to its aggregate as weights. */
function sampler(metric: Metric, base: ScoreTable, variant: ScoreTable): Draw {
  const { rows } = variant;
  const weights = new Uint32Array(rows);
  return (random) => {
    weights.fill(0);
    for (let draw = 0; draw < rows; draw++) {
      const row = someRow(rows, random);
      weights[row] = (weights[row] ?? 0) + 1;
    }
    const value = metric.aggregate(variant, weights);
    return { value, difference: value - metric.aggregate(base, weights) };
  };
}

/** Means need no weights: five times as fast. */
function meanSampler(base: ScoreTable, variant: ScoreTable): Draw {
  const { rows } = variant;
  const values = Float64Array.from(variant.values);
  const differences = values.map((value, row) => value - (base.values[row] ?? 0));
  return (random) => {
    let value = 0;
    let difference = 0;
    for (let draw = 0; draw < rows; draw++) {
      const row = someRow(rows, random);
      value += values[row] ?? 0;
      difference += differences[row] ?? 0;
    }
    return { value: value / rows, difference: difference / rows };
  };
}

/** Uniform to 1 part in 2^32/rows, which no resample can show, without the draws that exactness costs. */
const someRow = (rows: number, random: Random): number =>
  Math.floor((random.uint32() * rows) / 4294967296);

/** Bounds at a confidence between 0 and 1. */
export function bootstrapInterval(evidence: BootstrapEvidence, confidence: number): Interval {
  const { replicates, samples } = evidence;
  if (replicates.length === 0 || samples < 2) {
    return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  }
  const t = studentQuantile((1 + confidence) / 2, samples - 1);
  const wider = t * Math.sqrt(samples / (samples - 1));
  return { low: bound(evidence, -wider), high: bound(evidence, wider) };
}

function bound({ replicates, bias, acceleration }: BootstrapEvidence, z: number): number {
  const shifted = bias + z;
  const denominator = 1 - acceleration * shifted;
  // Beyond the pole of the correction nothing is known: the outermost replicate.
  const level = denominator <= 0 ? Number(z > 0) : normalCdf(bias + shifted / denominator, 0, 1);
  return quantile(replicates, level);
}

function evidence(
  estimate: number,
  unsorted: readonly number[],
  leftOut: readonly number[],
  samples: number,
): BootstrapEvidence {
  const replicates = Float64Array.from(unsorted).sort();
  let below = 0;
  for (const replicate of replicates) {
    if (replicate < estimate) below++;
    else if (replicate === estimate) below += 0.5;
  }
  const share = (below + 0.5) / (replicates.length + 1);
  return {
    estimate,
    replicates,
    bias: normalQuantile(share, 0, 1),
    acceleration: accelerationOf(leftOut.filter((value) => !Number.isNaN(value))),
    samples,
  };
}

/** The statistic with each group of samples left out. */
function jackknife<T>(rows: number, statistic: (weights: Uint32Array) => T): T[] {
  const groups = Math.min(rows, JACKKNIFE_GROUPS);
  const weights = new Uint32Array(rows);
  return Array.from({ length: groups }, (_, group) => {
    for (let row = 0; row < rows; row++) weights[row] = Number(row % groups !== group);
    return statistic(weights);
  });
}

/** Skew of the influence of single samples, as BCa uses it. */
function accelerationOf(leftOut: readonly number[]): number {
  const mean = leftOut.reduce((sum, value) => sum + value, 0) / leftOut.length;
  let squares = 0;
  let cubes = 0;
  for (const value of leftOut) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/** The quantile of ascending values, between neighbours linear. */
export function quantile(sorted: Float64Array, level: number): number {
  const position = level * (sorted.length - 1);
  const index = Math.max(0, Math.min(sorted.length - 1, Math.floor(position)));
  const below = sorted[index] ?? Number.NaN;
  const above = sorted[Math.min(index + 1, sorted.length - 1)] ?? below;
  return below + (above - below) * (position - index);
}
