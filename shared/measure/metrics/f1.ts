/**
 * `f1`: for two classes (or one column) that of class 1, for more the mean over the classes that occur
 * (macro), as scikit-learn's `f1_score` with `average='binary'` and `'macro'`.
 */
import { checkClass, classCount, classLabels, classScores, decidedClass } from './class-scores.ts';
import type { Metric, MetricSpec, ScoreTable } from './metric.ts';
import { seeOutput } from './scored-output.ts';

export const f1 = (spec: MetricSpec): Metric => ({
  name: 'f1',
  higherIsBetter: true,
  isErrorMetric: false,
  kind: 'aggregate',
  isDiscrete: true,
  comparesWith: 'label',
  statistics: (outputs, { label }) => {
    const { classes } = classLabels(label);
    const scores = seeOutput(outputs, spec.output, 'f1', (output) => classScores(output, []));
    const count = classCount(scores);
    return [decidedClass(scores, 0), checkClass(Number(classes[0]), count), count ?? 0];
  },
  aggregate: macroF1,
});

/** Columns: class decided, class of the label, count of classes (0 where not known). */
function macroF1({ rows, values }: ScoreTable, weights?: ArrayLike<number>): number {
  const hits = new Map<number, number>();
  const decided = new Map<number, number>();
  const actual = new Map<number, number>();
  const add = (counts: Map<number, number>, key: number, weight: number): void => {
    counts.set(key, (counts.get(key) ?? 0) + weight);
  };
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    if (weight === 0) continue;
    const [said = -1, is = -1, known = 0] = [
      values[row * 3],
      values[row * 3 + 1],
      values[row * 3 + 2],
    ];
    add(decided, said, weight);
    add(actual, is, weight);
    if (said === is) add(hits, is, weight);
    count = Math.max(count, known, is + 1);
  }
  const score = (label: number): number => {
    const total = (decided.get(label) ?? 0) + (actual.get(label) ?? 0);
    return total === 0 ? 0 : (2 * (hits.get(label) ?? 0)) / total;
  };
  if (count <= 2) return score(1);
  // −1, a NaN output, is no class of its own.
  const present = [...new Set([...decided.keys(), ...actual.keys()])].filter((label) => label >= 0);
  return present.reduce((sum, label) => sum + score(label), 0) / present.length;
}
