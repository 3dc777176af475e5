/**
 * A variant of one report against the same variant of another.
 *
 * Bytes compare exactly. Accuracies compare without pairs, because a report holds no scores of single
 * samples: the interval is the one of two independent measurements (Newcombe 1998, method 10, from the
 * intervals of both values), which is wider than the paired one and never too narrow. Times of two
 * runs do not compare at all.
 */

import { verdictOf } from '../measure/accuracy/judge.ts';
import { valueInterval } from './comparison.ts';
import type { RowDraft } from './gate.ts';
import { metricKind } from './metric-kind.ts';
import type { Accuracy, Latency, Size, VariantRow } from './schema.ts';

/** What two rows need to know about the data that they were scored on. */
export interface EvaluationData {
  /** Digest of the samples; unknown where absent. */
  readonly base?: string | undefined;
  readonly head?: string | undefined;
}

/** The head's row with its base replaced; without `base` it has none. */
export function diffRow(
  base: VariantRow | undefined,
  head: VariantRow,
  data: EvaluationData,
): RowDraft {
  const { verdict: _, size, latency, accuracy, sensitivity: __, ...rest } = head;
  if (head.status !== 'done') return rest;
  const before = base?.status === 'done' ? base : undefined;
  const isSame = before?.artifact !== undefined && before.artifact.sha256 === head.artifact?.sha256;
  const compared = accuracy && diffAccuracy(before?.accuracy, accuracy, data, isSame);
  return {
    ...rest,
    notes: [...head.notes, ...(compared?.note === undefined ? [] : [compared.note])],
    ...(size === undefined ? {} : { size: diffSize(before?.size, size) }),
    ...(latency === undefined ? {} : { latency: diffLatency(before?.latency, latency) }),
    ...(compared === undefined ? {} : { accuracy: compared.accuracy }),
  };
}

/** A row for what the base had and the head has not. */
export function lostRow(base: VariantRow, headLabel: string): RowDraft {
  const { name, target, hardware } = base;
  const reason = `${headLabel} has no such variant`;
  return { name, target, hardware, status: 'skipped', reason, notes: [] };
}

function diffSize(base: Size | undefined, { bytes, parameters, ops }: Size): Size {
  return {
    bytes,
    ...(base === undefined ? {} : { base: base.bytes }),
    ...(base === undefined || base.bytes === 0 ? {} : { ratio: bytes / base.bytes }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(base?.parameters === undefined ? {} : { baseParameters: base.parameters }),
    ...(ops === undefined ? {} : { ops }),
    ...(base?.ops === undefined ? {} : { baseOps: base.ops }),
  };
}

function diffLatency(base: Latency | undefined, head: Latency): Latency {
  const {
    baseMs: _,
    ratio: __,
    low: ___,
    high: ____,
    pairs: _____,
    verdict: ______,
    ...own
  } = head;
  return base === undefined ? own : { ...own, baseMs: base.ms, verdict: 'not-comparable' };
}

interface ComparedAccuracy {
  readonly accuracy: Accuracy;
  readonly note?: string;
}

function diffAccuracy(
  base: Accuracy | undefined,
  head: Accuracy,
  data: EvaluationData,
  isSameArtifact: boolean,
): ComparedAccuracy {
  const own = ownAccuracy(head);
  if (base === undefined) return { accuracy: own };
  if (base.metric !== head.metric) {
    return { accuracy: own, note: `accuracy was ${base.metric} before and is ${head.metric} now` };
  }
  const against = { ...own, base: base.value, difference: head.value - base.value };
  const isSameData = data.base !== undefined && data.base === data.head;
  if (data.base !== undefined && data.head !== undefined && !isSameData) {
    const note = 'the two accuracies come from different evaluation samples';
    return { accuracy: { ...against, verdict: 'inconclusive' }, note };
  }
  if (isSameArtifact && head.value === base.value) {
    return { accuracy: { ...against, low: 0, high: 0, verdict: 'same' } };
  }
  const bounds = unpairedInterval(base, head);
  if (bounds === undefined) return { accuracy: { ...against, verdict: 'inconclusive' } };
  const { higherIsBetter } = metricKind(head);
  const kind = { higherIsBetter, isErrorMetric: !higherIsBetter };
  const verdict = verdictOf(kind, base.value, bounds.low, bounds.high);
  const note = 'accuracies of two reports are compared without pairs, which takes far more samples';
  return {
    accuracy: { ...against, ...bounds, verdict },
    ...(verdict === 'inconclusive' ? { note } : {}),
  };
}

/** Without anything that speaks of a base. */
function ownAccuracy(head: Accuracy): Accuracy {
  const { metric, higherIsBetter, value, valueLow, valueHigh, samples } = head;
  return {
    metric,
    value,
    samples,
    ...(higherIsBetter === undefined ? {} : { higherIsBetter }),
    ...(valueLow === undefined ? {} : { valueLow }),
    ...(valueHigh === undefined ? {} : { valueHigh }),
  };
}

function unpairedInterval(
  base: Accuracy,
  head: Accuracy,
): { low: number; high: number } | undefined {
  const [was, is] = [valueInterval(base), valueInterval(head)];
  if (was === undefined || is === undefined) return undefined;
  const difference = head.value - base.value;
  return {
    low: difference - Math.hypot(head.value - is.low, was.high - base.value),
    high: difference + Math.hypot(is.high - head.value, base.value - was.low),
  };
}
