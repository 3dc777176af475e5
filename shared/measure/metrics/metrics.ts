/** All metrics by name, and how one is made from what the user wrote. */
import { InputError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import { auc } from './auc.ts';
import { cer } from './cer.ts';
import { ctcExact } from './ctc-exact.ts';
import { customMetric, isModulePath } from './custom.ts';
import { f1 } from './f1.ts';
import { fidelityMetric } from './fidelity-metric.ts';
import type { Metric, MetricSpec } from './metric.ts';
import { miou } from './miou.ts';
import { regression } from './regression.ts';
import { topK } from './top-k.ts';

/** A new metric is a file beside this one and a line below. */
export const METRICS = {
  top1: topK('top1', 1),
  top5: topK('top5', 5),
  f1,
  auc,
  mae: regression('mae', Math.abs),
  mse: regression('mse', (difference) => difference * difference),
  miou,
  'ctc-exact': ctcExact,
  cer,
  fidelity: fidelityMetric,
} satisfies Readonly<Record<string, (spec: MetricSpec) => Metric | Promise<Metric>>>;

export type MetricName = keyof typeof METRICS;

export const METRIC_NAMES = Object.keys(METRICS);

const isMetricName = (name: string): name is MetricName => Object.hasOwn(METRICS, name);

export interface OpenMetricOptions {
  /** Whether a module may be imported: it and the configuration are the user's own. */
  readonly allowModules: boolean;
}

/** @throws InputError for an unknown name, a refused module, a missing alphabet */
export async function openMetric(spec: MetricSpec, options: OpenMetricOptions): Promise<Metric> {
  if (isMetricName(spec.name)) return METRICS[spec.name](spec);
  if (!isModulePath(spec.name)) {
    throw new InputError(`unknown metric "${spec.name}"${didYouMean(spec.name, METRIC_NAMES)}`, {
      hint: `Metrics: ${METRIC_NAMES.join(', ')}, or the path of a .js or .ts module.`,
    });
  }
  if (!options.allowModules) {
    throw new InputError(`the metric module ${spec.name} is not run here`, {
      where: spec.name,
      hint: 'A module runs only from your own disk or the base of a pull request; use a metric by name.',
    });
  }
  return customMetric(spec);
}
