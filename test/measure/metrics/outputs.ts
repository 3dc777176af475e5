/** Outputs and tables for tests of metrics. */
import type { NamedTensors, Tensor } from '../../../shared/base/tensor.ts';
import type { Label } from '../../../shared/measure/data/data-set.ts';
import type { Metric, ScoreTable } from '../../../shared/measure/metrics/metric.ts';

export const floats = (dims: readonly number[], ...values: number[]): Tensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(values),
});
export const ints = (dims: readonly number[], ...values: number[]): Tensor => ({
  type: 'int64',
  dims,
  data: BigInt64Array.from(values, BigInt),
});

/** One sample's numbers. */
export const score = (
  metric: Metric,
  output: Tensor | NamedTensors,
  label: Label,
): readonly number[] =>
  metric.statistics(
    'dims' in output && 'data' in output ? { y: output as Tensor } : (output as NamedTensors),
    { label },
  );

/** The table of many samples. */
export function table(metric: Metric, samples: readonly (readonly [Tensor, Label])[]): ScoreTable {
  const rows = samples.map(([output, label]) => score(metric, output, label));
  return { rows: rows.length, width: rows[0]?.length ?? 0, values: rows.flat() };
}
export const value = (metric: Metric, samples: readonly (readonly [Tensor, Label])[]): number =>
  metric.aggregate(table(metric, samples));
