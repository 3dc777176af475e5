/** What a row says, as short texts: the value, its change, the interval, one plain word, a tone. */

import { formatScore, formatScoreDifference, metricKind } from './metric-kind.ts';
import { formatBytes, formatChange, formatMs, formatNearOne } from './numbers.ts';
import type { Accuracy, Fidelity, Gate, Latency, Size, VariantRow } from './schema.ts';

/** The row of a model as it is, where two models were measured: no variant, so its name says nothing. */
export const MODEL_ROW = 'model';

/** Good and bad for the user, not up and down: a smaller file is good, a smaller accuracy is bad. */
export type Tone = 'good' | 'bad' | 'same' | 'unsure' | 'none';

export interface Fact {
  readonly value: string;
  /** The base's value, where it is known. */
  readonly base?: string;
  /** `−63.4%`, `−0.2 pp` */
  readonly change?: string;
  /** `[−2.1%, +0.3%]` */
  readonly interval?: string;
  /** Which way the number went; absent where nothing can be said. */
  readonly arrow?: '↓' | '↑' | '≈' | '?';
  /** faster, slower, same, inconclusive, smaller, better, … */
  readonly word?: string;
  readonly tone: Tone;
}

/** Bytes against the base's. */
export function sizeFact(size: Size | undefined): Fact | undefined {
  if (size === undefined) return undefined;
  const base = size.base === undefined ? {} : { base: formatBytes(size.base) };
  const value = formatBytes(size.bytes);
  const ratio = sizeRatio(size);
  if (ratio === undefined) return { value, tone: 'none' };
  const common = { value, ...base, change: formatChange(ratio) };
  // Under one percent in size nobody gains or loses anything.
  if (ratio < 0.99) return { ...common, arrow: '↓', word: 'smaller', tone: 'good' };
  if (ratio > 1.01) return { ...common, arrow: '↑', word: 'larger', tone: 'bad' };
  return { ...common, arrow: '≈', word: 'same', tone: 'same' };
}

const LATENCY_SIGNS = {
  faster: { arrow: '↓', tone: 'good' },
  slower: { arrow: '↑', tone: 'bad' },
  same: { arrow: '≈', tone: 'same' },
  inconclusive: { arrow: '?', tone: 'unsure' },
  'not-comparable': { tone: 'none' },
} as const satisfies Record<NonNullable<Latency['verdict']>, Pick<Fact, 'arrow' | 'tone'>>;

/** Milliseconds, the change against the base, its interval and verdict. */
export function latencyFact(latency: Latency | undefined): Fact | undefined {
  if (latency === undefined) return undefined;
  const { ms, baseMs, ratio, low, high, verdict } = latency;
  return {
    value: formatMs(ms),
    ...(baseMs === undefined ? {} : { base: formatMs(baseMs) }),
    ...(ratio === undefined ? {} : { change: formatChange(ratio) }),
    ...intervalText(low, high, formatChange),
    ...(verdict === undefined ? {} : { word: verdict.replace('-', ' ') }),
    ...(verdict === undefined ? { tone: 'none' } : LATENCY_SIGNS[verdict]),
  };
}

/** The metric's value, its difference from the base, the interval and the verdict. */
export function accuracyFact(accuracy: Accuracy | undefined): Fact | undefined {
  if (accuracy === undefined) return undefined;
  const { value, base, difference, low, high, verdict } = accuracy;
  const format = (bound: number): string => formatScoreDifference(accuracy, bound);
  return {
    value: formatScore(accuracy, value),
    ...(base === undefined ? {} : { base: formatScore(accuracy, base) }),
    ...(difference === undefined ? {} : { change: format(difference) }),
    ...intervalText(low, high, format),
    ...(verdict === undefined ? {} : { word: verdict }),
    ...accuracySigns(accuracy),
  };
}

/** The smallest cosine with the float model's outputs: what is known where no labels are. */
export function fidelityFact(fidelity: Fidelity | undefined): Fact | undefined {
  if (fidelity?.cosine === undefined) return undefined;
  return { value: formatNearOne(fidelity.cosine), tone: 'none' };
}

/** The title of a column of fidelities, and on what they were taken where that was not data; `undefined` where no row has one. */
export function fidelityTitle(rows: readonly VariantRow[]): string | undefined {
  const shown = rows.filter(({ fidelity }) => fidelity?.cosine !== undefined);
  if (shown.length === 0) return undefined;
  return shown.some(({ fidelity }) => fidelity?.synthetic === true)
    ? 'cosine on synthetic inputs'
    : 'cosine';
}

function accuracySigns(accuracy: Accuracy): Pick<Fact, 'arrow' | 'tone'> {
  const isUp = metricKind(accuracy).higherIsBetter;
  switch (accuracy.verdict) {
    case undefined:
      return { tone: 'none' };
    case 'same':
      return { arrow: '≈', tone: 'same' };
    case 'inconclusive':
      return { arrow: '?', tone: 'unsure' };
    case 'better':
      return { arrow: isUp ? '↑' : '↓', tone: 'good' };
    case 'worse':
      return { arrow: isUp ? '↓' : '↑', tone: 'bad' };
  }
}

/** bytes / base, as given or made from the two. */
export function sizeRatio(size: Size | undefined): number | undefined {
  if (size === undefined) return undefined;
  return size.ratio ?? (size.base ? size.bytes / size.base : undefined);
}

/** `int8`, `int8.ort`, `int8 (arm64)`: as much of target and hardware as tells this row apart. */
export function rowLabel(row: VariantRow, all: readonly VariantRow[]): string {
  const others = all.filter((other) => other !== row && other.name === row.name);
  const target = others.some((other) => other.target !== row.target) ? `.${row.target}` : '';
  const hardware = others.some((other) => other.hardware !== row.hardware)
    ? ` (${row.hardware})`
    : '';
  return `${row.name}${target}${hardware}`;
}

/** The label of the row that a gate judged. */
export function gateLabel(gate: Gate, all: readonly VariantRow[]): string {
  const { variant, target, hardware } = gate;
  const row = all.find(
    (each) => each.name === variant && each.target === target && each.hardware === hardware,
  );
  return row === undefined ? variant : rowLabel(row, all);
}

/** Broken ones, open questions, kept ones, and last what cannot be known here. */
export function worstGatesFirst(gates: readonly Gate[]): Gate[] {
  const order: readonly Gate['result'][] = ['broken', 'inconclusive', 'kept', 'not-measured'];
  return gates.toSorted((a, b) => order.indexOf(a.result) - order.indexOf(b.result));
}

/** Beside a change the unit stands already: `[−2.8, +2.8]` for `[−2.8 pp, +2.8 pp]`. */
export function bareInterval(interval = ''): string {
  return interval.replaceAll('%', '').replaceAll(' pp', '');
}

/** `top-1, 212 samples`, of the first row that has an accuracy. */
export function accuracyTitle(rows: readonly VariantRow[]): string | undefined {
  const accuracy = rows.find((row) => row.accuracy !== undefined)?.accuracy;
  if (accuracy === undefined) return undefined;
  const samples = accuracy.samples.toLocaleString('en-US');
  return `${metricKind(accuracy).label}, ${samples} ${accuracy.samples === 1 ? 'sample' : 'samples'}`;
}

function intervalText(
  low: number | undefined,
  high: number | undefined,
  format: (bound: number) => string,
): Pick<Fact, 'interval'> {
  if (low === undefined || high === undefined) return {};
  return { interval: `[${format(low)}, ${format(high)}]` };
}
