/** How a metric's number reads: as a percentage or as it is, and which direction is better. */

import { formatFraction, formatNumber, formatPoints, formatSigned } from './numbers.ts';
import type { Accuracy } from './schema.ts';

interface MetricKind {
  readonly label: string;
  /** True: a fraction of 1, printed in percent, differences in percentage points. */
  readonly fraction: boolean;
  readonly higherIsBetter: boolean;
}

const METRICS: Readonly<Record<string, MetricKind>> = {
  top1: { label: 'top-1', fraction: true, higherIsBetter: true },
  top5: { label: 'top-5', fraction: true, higherIsBetter: true },
  f1: { label: 'F1', fraction: true, higherIsBetter: true },
  auc: { label: 'AUC', fraction: true, higherIsBetter: true },
  miou: { label: 'mean IoU', fraction: true, higherIsBetter: true },
  'ctc-exact': { label: 'exact lines', fraction: true, higherIsBetter: true },
  fidelity: { label: 'fidelity', fraction: true, higherIsBetter: true },
  cer: { label: 'character error rate', fraction: true, higherIsBetter: false },
  mae: { label: 'MAE', fraction: false, higherIsBetter: false },
  mse: { label: 'MSE', fraction: false, higherIsBetter: false },
};

/** Metrics whose value is the share of samples that are right, so that it has a binomial interval. */
const PROPORTIONS = new Set(['top1', 'top5', 'ctc-exact']);

/** Metrics of users' own modules are printed as they are. */
export function metricKind(accuracy: Pick<Accuracy, 'metric' | 'higherIsBetter'>): MetricKind {
  const known = Object.hasOwn(METRICS, accuracy.metric) ? METRICS[accuracy.metric] : undefined;
  return {
    label: known?.label ?? accuracy.metric,
    fraction: known?.fraction ?? false,
    higherIsBetter: accuracy.higherIsBetter ?? known?.higherIsBetter ?? true,
  };
}

/** Whether the metric's value is the share of samples that are right: no f1, no mean error. */
export function isProportion(metric: string): boolean {
  return PROPORTIONS.has(metric);
}

/** Which metric, and how many samples can resolve. */
type Scored = Pick<Accuracy, 'metric' | 'higherIsBetter' | 'samples'>;

/** A metric's value: percent for a fraction, else the number. */
export function formatScore(accuracy: Scored, value: number): string {
  return metricKind(accuracy).fraction
    ? formatFraction(value, accuracy.samples)
    : formatNumber(value);
}

/** A difference of a metric's values: points for a fraction, else the signed number. */
export function formatScoreDifference(accuracy: Scored, difference: number): string {
  if (metricKind(accuracy).fraction) return formatPoints(difference, accuracy.samples);
  if (difference === 0) return formatSigned(0, 0);
  return difference > 0 ? `+${formatNumber(difference)}` : formatNumber(difference);
}
