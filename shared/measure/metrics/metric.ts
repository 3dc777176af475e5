/** What a metric is: numbers a sample, and one number of many samples. */
import type { NamedTensors } from '../../base/tensor.ts';
import type { Label } from '../data/data-set.ts';

/**
 * A metric keeps a few numbers a sample (`statistics`), and computes its value from any multiset of
 * samples (`aggregate`): that is all the paired bootstrap, shards and merges need.
 */
export interface Metric {
  readonly name: string;
  readonly higherIsBetter: boolean;
  /** An error (mae, mse, cer): judged in percent of the base's value instead of points. */
  readonly isErrorMetric: boolean;
  /** `mean`: the value is the mean of one number a sample. */
  readonly kind: 'mean' | 'aggregate';
  /**
   * Whether a sample changes in steps (right or wrong, an edit more) rather than continuously: equal
   * scores on few samples then say little, and the interval accounts for it.
   */
  readonly isDiscrete: boolean;
  /** What a sample is compared with: its label, or the source model's outputs. */
  readonly comparesWith: 'label' | 'reference';
  /**
   * One sample's numbers, the same count for every sample. @throws InputError when the label does not
   * fit, ToolError when the output holds NaN where the metric has no meaning for it
   */
  statistics(outputs: NamedTensors, truth: Truth): readonly number[];
  /**
   * The metric of a table, each sample counted `weights[row]` times (once without). NaN where it is
   * not defined, e.g. AUC without a positive sample.
   */
  aggregate(table: ScoreTable, weights?: ArrayLike<number>): number;
}

export interface Truth {
  readonly label?: Label;
  /** The source model's outputs for the same sample. */
  readonly reference?: NamedTensors;
}

/** Statistics of `rows` samples, row-major. */
export interface ScoreTable {
  readonly rows: number;
  readonly width: number;
  readonly values: ArrayLike<number>;
}

/** How users name a metric and what it needs: plain JSON. */
export interface MetricSpec {
  /** One of the written list, or the path of a module. */
  readonly name: string;
  /** The output to score; default: the first whose shape fits. */
  readonly output?: string;
  /** For ctc-exact and cer: a text file, a class a line. */
  readonly alphabet?: string;
}

/** The mean of one column of a table. */
export function meanColumn(
  { rows, width, values }: ScoreTable,
  column: number,
  weights?: ArrayLike<number>,
): number {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    sum += weight * (values[row * width + column] ?? 0);
    count += weight;
  }
  return sum / count;
}
