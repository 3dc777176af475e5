/** One sentence a comparison: the measured value, its interval, what was wanted, and what follows. */

import { formatScore, formatScoreDifference } from './metric-kind.ts';
import {
  formatBytes,
  formatChange,
  formatCount,
  formatInterval,
  formatMs,
  formatNearOne,
} from './numbers.ts';
import type { Accuracy, Gate, Latency, VariantRow } from './schema.ts';

/** Plain text; `why` is given where nothing could be compared. */
export function gateSentence(
  row: VariantRow,
  metric: Gate['metric'],
  budget: string | undefined,
  result: Gate['result'],
  why?: string,
): string {
  const wanted = budget === undefined ? '' : `, budget ${budget.replace(/^-/, '−')}`;
  if (result === 'not-measured') return `${metric}: ${why ?? 'not measured'}${wanted}`;
  const measured = describe(row, metric);
  const ending = {
    kept: '',
    broken:
      budget === undefined
        ? `: ${metric === 'latency' ? 'slower' : 'worse'} than the base`
        : ': broken',
    inconclusive: `: inconclusive${why === undefined ? '' : `, ${why}`}`,
  }[result];
  return `${metric} ${measured}${wanted}${ending}`;
}

function describe(row: VariantRow, metric: Gate['metric']): string {
  switch (metric) {
    case 'size':
      return counted(row.size?.bytes, row.size?.base, formatBytes);
    case 'parameters':
      return counted(row.size?.parameters, row.size?.baseParameters, formatCount);
    case 'ops':
      return counted(row.size?.ops, row.size?.baseOps, formatCount);
    case 'fidelity':
      return row.fidelity?.cosine === undefined ? '' : formatNearOne(row.fidelity.cosine);
    case 'latency':
      return row.latency === undefined ? '' : describeLatency(row.latency);
    case 'accuracy':
      return row.accuracy === undefined ? '' : describeAccuracy(row.accuracy);
  }
}

function counted(
  value: number | undefined,
  base: number | undefined,
  format: (count: number) => string,
): string {
  if (value === undefined) return '';
  return base ? `${format(value)} (${formatChange(value / base)})` : format(value);
}

function describeLatency({ ms, ratio, low, high }: Latency): string {
  if (ratio === undefined) return formatMs(ms);
  const interval =
    low === undefined || high === undefined ? '' : ` ${formatInterval(low, high, formatChange)}`;
  return `${formatMs(ms)} (${formatChange(ratio)}${interval})`;
}

function describeAccuracy(accuracy: Accuracy): string {
  const { value, difference, low, high } = accuracy;
  const text = formatScore(accuracy, value);
  if (difference === undefined) return text;
  const format = (bound: number): string => formatScoreDifference(accuracy, bound);
  const interval =
    low === undefined || high === undefined ? '' : ` ${formatInterval(low, high, format)}`;
  return `${text} (${format(difference)}${interval})`;
}
