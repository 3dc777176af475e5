/**
 * `auc`: the area under the ROC curve, ties counting half. For more than two classes the mean of
 * one-against-the-rest over the classes that occur, as scikit-learn's `roc_auc_score(multi_class='ovr')`.
 */
import { ToolError } from '../../base/errors.ts';
import { checkClass, classCount, classLabels, classScores } from './class-scores.ts';
import type { Metric, MetricSpec, ScoreTable } from './metric.ts';
import { seeOutput } from './scored-output.ts';

export const auc = (spec: MetricSpec): Metric => ({
  name: 'auc',
  higherIsBetter: true,
  isErrorMetric: false,
  kind: 'aggregate',
  isDiscrete: false,
  comparesWith: 'label',
  statistics: (outputs, { label }) => {
    const { classes } = classLabels(label);
    // A model that gives decisions has no scores to rank.
    const scores = seeOutput(outputs, spec.output, 'auc', (output) => {
      const seen = classScores(output, []);
      return seen?.isDecision ? undefined : seen;
    });
    const actual = checkClass(Number(classes[0]), classCount(scores));
    const all = Array.from({ length: scores.columns }, (_, column) => scores.at(0, column));
    if (all.some(Number.isNaN)) throw new ToolError('auc: the output holds NaN');
    // Two columns: their difference ranks as the probability of class 1 does, for logits too.
    const ranked = all.length === 2 ? [(all[1] ?? 0) - (all[0] ?? 0)] : all;
    return [actual, ...ranked];
  },
  aggregate: (table, weights) => {
    if (table.width === 2) return oneAgainstRest(table, 1, 1, weights);
    const areas = Array.from({ length: table.width - 1 }, (_, label) =>
      oneAgainstRest(table, label + 1, label, weights),
    ).filter((area) => !Number.isNaN(area));
    return areas.reduce((sum, area) => sum + area, 0) / areas.length;
  },
});

/** P(positive scores higher) + P(equal)/2, from rows in the order of the column. NaN with one kind alone. */
function oneAgainstRest(
  table: ScoreTable,
  column: number,
  positive: number,
  weights?: ArrayLike<number>,
): number {
  const { width, values } = table;
  const order = orderOf(table, column);
  let below = 0;
  let area = 0;
  let positives = 0;
  for (let first = 0; first < order.length; ) {
    const score = values[(order[first] ?? 0) * width + column];
    let tiedPositive = 0;
    let tiedNegative = 0;
    let next = first;
    for (; next < order.length; next++) {
      const row = order[next] ?? 0;
      if (values[row * width + column] !== score) break;
      const weight = weights?.[row] ?? 1;
      if (values[row * width] === positive) tiedPositive += weight;
      else tiedNegative += weight;
    }
    area += tiedPositive * (below + tiedNegative / 2);
    below += tiedNegative;
    positives += tiedPositive;
    first = next;
  }
  return area / (positives * below);
}

/** Sorting once a table instead of once a resample makes the bootstrap linear. */
const orders = new WeakMap<ScoreTable, Map<number, Uint32Array>>();

function orderOf(table: ScoreTable, column: number): Uint32Array {
  const known = orders.get(table) ?? new Map<number, Uint32Array>();
  orders.set(table, known);
  const cached = known.get(column);
  if (cached !== undefined) return cached;
  const at = (row: number): number => table.values[row * table.width + column] ?? 0;
  const order = Uint32Array.from({ length: table.rows }, (_, row) => row).sort(
    (a, b) => at(a) - at(b) || a - b,
  );
  known.set(column, order);
  return order;
}
