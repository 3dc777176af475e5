/**
 * Is a variant as accurate as its base? The paired difference on the same samples, its interval, and a
 * verdict by the contract's rules.
 */
import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import { DefectError, InputError } from '../../base/errors.ts';
import { type SampleScores, scoreTable } from '../evaluate.ts';
import type { Metric, ScoreTable } from '../metrics/metric.ts';
import { bootstrapInterval, bootstrapPaired } from './bootstrap.ts';
import { discreteFloor } from './discrete-floor.ts';
import { type Interval, pairedDifferenceInterval } from './paired-proportions.ts';

/** Half a percentage point: what counts as the same, and what a non-inferior variant may lose. */
export const SAME_POINTS = 0.005;
/** The same for an error metric, as a share of the base's error. */
export const SAME_ERROR_SHARE = 0.01;
export const CONFIDENCE = 0.95;

export type AccuracyVerdict = 'same' | 'better' | 'worse' | 'inconclusive';

/** The numbers of a report: values and differences in the metric's own unit, 0.01 is one point. */
export interface AccuracyJudgement {
  readonly metric: string;
  readonly higherIsBetter: boolean;
  readonly value: number;
  /** 95 % interval of `value` itself. */
  readonly valueLow: number;
  readonly valueHigh: number;
  readonly base: number;
  /** value − base. */
  readonly difference: number;
  /** 95 % interval of `difference`. */
  readonly low: number;
  readonly high: number;
  readonly samples: number;
  /** Samples that only one of the two has right; absent where scores are not 0 or 1. */
  readonly wins?: number;
  readonly losses?: number;
  readonly verdict: AccuracyVerdict;
  /** Where inconclusive: how many samples would decide, if the difference stays as it is. */
  readonly neededSamples?: number;
}

export interface JudgeOptions {
  readonly seed: number;
  /**
   * Whether all outputs of both models are the same bits on all of these samples: then their accuracy
   * is the same too, on how few samples ever.
   */
  readonly isSameOutput?: boolean;
}

/** @throws InputError when the two were scored on different samples or none, or the metric is not defined on them */
export function judgeAccuracy(
  metric: Metric,
  base: SampleScores,
  variant: SampleScores,
  options: JudgeOptions,
): AccuracyJudgement {
  const evidence = compareAccuracy(metric, base, variant, options);
  const { low, high } = evidence.intervalAt(CONFIDENCE);
  const value = evidence.valueIntervalAt(CONFIDENCE);
  const verdict = verdictOf(metric, evidence.base, low, high);
  const { intervalAt: _, valueIntervalAt: __, ...numbers } = evidence;
  return {
    ...numbers,
    valueLow: value.low,
    valueHigh: value.high,
    low,
    high,
    verdict,
    ...(verdict === 'inconclusive' ? { neededSamples: samplesThatDecide(metric, evidence) } : {}),
  };
}

/** What was seen of a variant and its base, with bounds at any confidence. */
export interface AccuracyEvidence {
  readonly metric: string;
  readonly higherIsBetter: boolean;
  readonly value: number;
  readonly base: number;
  readonly difference: number;
  readonly samples: number;
  readonly wins?: number;
  readonly losses?: number;
  /** `samples`: as if the same had been seen on so many. */
  intervalAt(confidence: number, samples?: number): Interval;
  valueIntervalAt(confidence: number): Interval;
}

/** The evidence alone, for whoever corrects the confidence for many comparisons. @throws InputError */
export function compareAccuracy(
  metric: Metric,
  base: SampleScores,
  variant: SampleScores,
  { seed, isSameOutput = false }: JudgeOptions,
): AccuracyEvidence {
  checkPaired(base, variant);
  const tables = { base: scoreTable(base), variant: scoreTable(variant) };
  const value = metric.aggregate(tables.variant);
  const baseValue = metric.aggregate(tables.base);
  if (Number.isNaN(value) || Number.isNaN(baseValue)) {
    throw new InputError(`${metric.name} is not defined on these ${base.indices.length} samples`, {
      hint: 'auc needs samples of every class; give more, or another metric.',
    });
  }
  const common = {
    metric: metric.name,
    higherIsBetter: metric.higherIsBetter,
    value,
    base: baseValue,
    difference: value - baseValue,
    samples: tables.variant.rows,
  };
  const intervals =
    isBinary(metric, tables.base) && isBinary(metric, tables.variant)
      ? binaryIntervals(tables.base, tables.variant)
      : resampledIntervals(metric, tables.base, tables.variant, seed);
  return {
    ...common,
    ...intervals,
    ...(isSameOutput ? { intervalAt: () => ({ low: 0, high: 0 }) } : {}),
  };
}

/** The contract's rules in their order. */
export function verdictOf(
  metric: Pick<Metric, 'higherIsBetter' | 'isErrorMetric'>,
  base: number,
  low: number,
  high: number,
): AccuracyVerdict {
  const margin = sameMargin(metric, base);
  if (low >= -margin && high <= margin) return 'same';
  if (low > 0) return metric.higherIsBetter ? 'better' : 'worse';
  if (high < 0) return metric.higherIsBetter ? 'worse' : 'better';
  return 'inconclusive';
}

/**
 * Whether the variant is at most half a point (1 % of the error) worse than its base, as sure as the
 * interval is: what the accuracy guard seeks and `auto` demands.
 */
export function isNonInferior(
  metric: Pick<Metric, 'higherIsBetter' | 'isErrorMetric'>,
  { base, low, high }: Pick<AccuracyJudgement, 'base' | 'low' | 'high'>,
): boolean {
  const margin = sameMargin(metric, base);
  return metric.higherIsBetter ? low >= -margin : high <= margin;
}

/** What counts as the same: half a point, or 1 % of the base's error; in the metric's own unit. */
export function sameMargin({ isErrorMetric }: Pick<Metric, 'isErrorMetric'>, base: number): number {
  return isErrorMetric ? SAME_ERROR_SHARE * Math.abs(base) : SAME_POINTS;
}

/**
 * How many samples would decide if wins, losses and spread go on as they are. Twice as many are never
 * promised to decide more than 2^20 times over: beyond, the difference lies on the margin itself.
 */
function samplesThatDecide(metric: Metric, evidence: AccuracyEvidence): number {
  const { base, samples } = evidence;
  const decides = (count: number): boolean => {
    const { low, high } = evidence.intervalAt(CONFIDENCE, count);
    return verdictOf(metric, base, low, high) !== 'inconclusive';
  };
  let undecided = samples;
  let decided = samples * 2;
  for (let doubling = 0; !decides(decided) && doubling < 20; doubling++) {
    undecided = decided;
    decided *= 2;
  }
  // To 1 %: nobody collects samples more exactly.
  while (decided - undecided > Math.max(1, decided / 100)) {
    const middle = Math.floor((undecided + decided) / 2);
    if (decides(middle)) decided = middle;
    else undecided = middle;
  }
  return decided;
}

type Intervals = Pick<AccuracyEvidence, 'intervalAt' | 'valueIntervalAt' | 'wins' | 'losses'>;

function isBinary({ kind }: Metric, { values, width }: ScoreTable): boolean {
  return kind === 'mean' && width === 1 && Array.from(values).every((v) => v === 0 || v === 1);
}

function binaryIntervals(base: ScoreTable, variant: ScoreTable): Intervals {
  let wins = 0;
  let losses = 0;
  let right = 0;
  for (let row = 0; row < variant.rows; row++) {
    const difference = (variant.values[row] ?? 0) - (base.values[row] ?? 0);
    if (difference > 0) wins++;
    if (difference < 0) losses++;
    right += variant.values[row] ?? 0;
  }
  return {
    wins,
    losses,
    intervalAt: (confidence, samples = variant.rows) => {
      const scaled = (count: number): number => Math.round((count * samples) / variant.rows);
      return pairedDifferenceInterval(scaled(wins), scaled(losses), samples, confidence);
    },
    valueIntervalAt: (confidence) => proportionInterval(right, variant.rows, confidence),
  };
}

/** Clopper and Pearson's exact interval. */
function proportionInterval(right: number, samples: number, confidence: number): Interval {
  const tail = (1 - confidence) / 2;
  return {
    low: right === 0 ? 0 : betaQuantile(tail, right, samples - right + 1),
    high: right === samples ? 1 : betaQuantile(1 - tail, right + 1, samples - right),
  };
}

function resampledIntervals(
  metric: Metric,
  base: ScoreTable,
  variant: ScoreTable,
  seed: number,
): Intervals {
  const evidence = bootstrapPaired(metric, base, variant, seed);
  return {
    intervalAt: (confidence, samples = variant.rows) => {
      const { estimate } = evidence.difference;
      const { low, high } = bootstrapInterval(evidence.difference, confidence);
      // Bounds narrow with the root of the count.
      const narrower = Math.sqrt(variant.rows / samples);
      const floor = metric.isDiscrete ? discreteFloor(base, variant, confidence, samples) : 0;
      return {
        low: estimate - Math.max((estimate - low) * narrower, floor),
        high: estimate + Math.max((high - estimate) * narrower, floor),
      };
    },
    valueIntervalAt: (confidence) => bootstrapInterval(evidence.value, confidence),
  };
}

function checkPaired(base: SampleScores, variant: SampleScores): void {
  if (variant.indices.length === 0) throw new InputError('there is no sample to judge accuracy on');
  const isPaired =
    base.indices.length === variant.indices.length &&
    base.indices.every((index, row) => index === variant.indices[row]);
  if (!isPaired) {
    throw new DefectError(
      `accuracy is judged on pairs: ${base.indices.length} and ${variant.indices.length} samples do not match`,
    );
  }
}
