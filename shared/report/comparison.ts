/**
 * One gating comparison: a measured value against a budget, or against the rule that holds without.
 *
 * Everything is turned so that *more is worse*: a loss above its limit breaks the budget. Ratios are
 * compared as logarithms, because their intervals are symmetric there.
 */

import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import type { Budget } from './budgets.ts';
import { CONFIDENCE, type Interval } from './interval.ts';
import { isProportion, metricKind } from './metric-kind.ts';
import type { Accuracy, Latency, VariantRow } from './schema.ts';

/** A ratio above this is `slower`, the contract's rule for latency. */
export const SLOWER_RATIO = 1.01;

export type Comparison =
  /** Bytes, counts and cosines have no noise. */
  | { readonly kind: 'exact'; readonly kept: boolean }
  | {
      readonly kind: 'interval';
      readonly loss: Interval;
      readonly limit: number;
      /** Without a budget the verdict of the measurement has a say: "same" comes before "worse". */
      readonly mayBreak: boolean;
      readonly isKept: boolean;
    }
  /** Measured, but without an interval nothing can be called broken. */
  | { readonly kind: 'undecided'; readonly why: string }
  | { readonly kind: 'not-measured'; readonly why: string };

/**
 * `isBase`: the row is what the others are compared with, so where it has no base of its own its
 * change is exactly none.
 */
export function compareWithBudget(row: VariantRow, budget: Budget, isBase: boolean): Comparison {
  const { metric, limit } = budget;
  const { size, latency, accuracy, fidelity } = row;
  if (isBase && limit.kind !== 'absolute' && !hasBase(row, metric)) {
    const isLoss = metric !== 'accuracy' || !goesUp(accuracy);
    return { kind: 'exact', kept: isLoss ? limit.change >= 0 : limit.change <= 0 };
  }
  switch (metric) {
    case 'size':
      return compareExactly(size?.bytes, size?.base, budget);
    case 'parameters':
      return compareExactly(size?.parameters, size?.baseParameters, budget);
    case 'ops':
      return compareExactly(size?.ops, size?.baseOps, budget);
    case 'fidelity':
      if (fidelity?.cosine === undefined) return notMeasured('not measured');
      return { kind: 'exact', kept: limit.kind === 'absolute' && fidelity.cosine >= limit.value };
    case 'latency':
      return compareLatency(latency, budget);
    case 'accuracy':
      return compareAccuracy(accuracy, budget);
  }
}

function hasBase({ size, latency, accuracy }: VariantRow, metric: Budget['metric']): boolean {
  const base = {
    size: size?.base,
    parameters: size?.baseParameters,
    ops: size?.baseOps,
    latency: latency?.ratio ?? latency?.baseMs,
    accuracy: accuracy?.base,
    fidelity: undefined,
  }[metric];
  return base !== undefined;
}

/** Worse than the base, as the contract defines `regressed` where no budget is given. */
export function compareAccuracyWithBase(accuracy: Accuracy): Comparison {
  const loss = accuracyLoss(accuracy);
  if (loss === undefined) return undecidedOrMissing(accuracy.difference, 'accuracy');
  return {
    kind: 'interval',
    loss,
    limit: 0,
    mayBreak: accuracy.verdict === 'worse',
    isKept: accuracy.verdict === 'same' || accuracy.verdict === 'better',
  };
}

/** Slower than a base model that was timed beside it. */
export function compareLatencyWithBase(latency: Latency): Comparison {
  const loss = ratioLoss(latency);
  if (loss === undefined) return undecidedOrMissing(latency.ratio, 'latency');
  return {
    kind: 'interval',
    loss,
    limit: Math.log(SLOWER_RATIO),
    mayBreak: latency.verdict === 'slower',
    isKept: latency.verdict === 'same' || latency.verdict === 'faster',
  };
}

/** Whether more sessions could not change what a budget says of a latency, by its own interval. */
export function isLatencyDecided(latency: Latency, budget: Budget): boolean {
  const comparison = compareLatency(latency, budget);
  return comparison.kind !== 'interval' || comparison.mayBreak || comparison.isKept;
}

function compareExactly(
  value: number | undefined,
  base: number | undefined,
  { limit }: Budget,
): Comparison {
  if (value === undefined) return notMeasured('not measured');
  if (limit.kind === 'absolute') return { kind: 'exact', kept: value <= limit.value };
  if (base === undefined) return notMeasured('there is nothing to compare with');
  // 10 × (1 − 0.9) is 0.9999…: one byte of ten must still be −90 %.
  const allowed = base * (1 + limit.change);
  return { kind: 'exact', kept: value - allowed <= base * 1e-12 };
}

function compareLatency(latency: Latency | undefined, { limit }: Budget): Comparison {
  if (latency === undefined) return notMeasured('not measured on this machine');
  if (limit.kind === 'absolute') {
    const loss = millisecondsLoss(latency);
    if (loss === undefined) return undecidedOrMissing(latency.ms, 'latency');
    return against(loss, Math.log(limit.value));
  }
  if (latency.verdict === 'not-comparable') {
    return notMeasured('the two were not timed side by side');
  }
  const loss = ratioLoss(latency);
  if (loss === undefined) return undecidedOrMissing(latency.ratio, 'latency');
  return against(loss, Math.log(1 + limit.change));
}

function compareAccuracy(accuracy: Accuracy | undefined, { limit }: Budget): Comparison {
  if (accuracy === undefined) return notMeasured('not measured');
  const sign = goesUp(accuracy) ? -1 : 1;
  if (limit.kind === 'absolute') {
    const loss = valueLoss(accuracy, sign);
    if (loss === undefined) return undecidedOrMissing(accuracy.value, 'accuracy');
    return against(loss, sign * limit.value);
  }
  if (limit.kind === 'points' && !metricKind(accuracy).fraction) {
    return notMeasured(`${accuracy.metric} is no fraction, so points mean nothing: write it in %`);
  }
  const loss = accuracyLoss(accuracy);
  const { base } = accuracy;
  if (loss === undefined || base === undefined) {
    return undecidedOrMissing(accuracy.difference, 'accuracy');
  }
  const allowed = limit.kind === 'points' ? limit.change : limit.change * Math.abs(base);
  return against(loss, sign * allowed);
}

/** A limit that only the interval decides. */
function against(loss: Interval, limit: number): Comparison {
  return { kind: 'interval', loss, limit, mayBreak: loss.low > limit, isKept: loss.high <= limit };
}

function ratioLoss({ ratio, low, high, sessions }: Latency): Interval | undefined {
  if (ratio === undefined || low === undefined || high === undefined || low <= 0) return undefined;
  return logInterval(ratio, low, high, sessions);
}

function millisecondsLoss({ ms, msLow, msHigh, sessions }: Latency): Interval | undefined {
  if (msLow === undefined || msHigh === undefined || msLow <= 0) return undefined;
  return logInterval(ms, msLow, msHigh, sessions);
}

function logInterval(estimate: number, low: number, high: number, sessions: number): Interval {
  return {
    estimate: Math.log(estimate),
    low: Math.log(low),
    high: Math.log(high),
    degreesOfFreedom: Math.max(1, sessions - 1),
  };
}

function accuracyLoss(accuracy: Accuracy): Interval | undefined {
  const { difference, low, high } = accuracy;
  if (difference === undefined || low === undefined || high === undefined) return undefined;
  return goesUp(accuracy)
    ? { estimate: -difference, low: -high, high: -low }
    : { estimate: difference, low, high };
}

function valueLoss(accuracy: Accuracy, sign: number): Interval | undefined {
  const bounds = valueInterval(accuracy);
  if (bounds === undefined) return undefined;
  const { value } = accuracy;
  return sign < 0
    ? { estimate: -value, low: -bounds.high, high: -bounds.low }
    : { estimate: value, ...bounds };
}

/** The value's own 95 % interval; for a share of right samples without one, Clopper and Pearson's. */
export function valueInterval(accuracy: Accuracy): Pick<Interval, 'low' | 'high'> | undefined {
  const { value, samples, metric, valueLow, valueHigh } = accuracy;
  if (valueLow !== undefined && valueHigh !== undefined) return { low: valueLow, high: valueHigh };
  if (!isProportion(metric) || samples === 0) return undefined;
  const right = Math.round(value * samples);
  const tail = (1 - CONFIDENCE) / 2;
  return {
    low: right === 0 ? 0 : betaQuantile(tail, right, samples - right + 1),
    high: right === samples ? 1 : betaQuantile(1 - tail, right + 1, samples - right),
  };
}

function goesUp(accuracy: Accuracy | undefined): boolean {
  return accuracy === undefined || metricKind(accuracy).higherIsBetter;
}

function undecidedOrMissing(value: number | undefined, what: string): Comparison {
  return value === undefined
    ? notMeasured(`there is no ${what} of a base to compare with`)
    : { kind: 'undecided', why: `${what} has no interval` };
}

function notMeasured(why: string): Comparison {
  return { kind: 'not-measured', why };
}
