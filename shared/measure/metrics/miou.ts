/**
 * `miou`: the mean over classes of intersection / union of the predicted and the labelled areas, summed
 * over all samples before dividing. Label 255 is not scored (the convention of PASCAL VOC and
 * Cityscapes), classes that occur nowhere do not count.
 */
import { InputError } from '../../base/errors.ts';
import { checkClass, classCount, classLabels, classScores, decidedClass } from './class-scores.ts';
import type { Metric, MetricSpec, ScoreTable } from './metric.ts';
import { seeOutput } from './scored-output.ts';

const IGNORED = 255;

export const miou = (spec: MetricSpec): Metric => ({
  name: 'miou',
  higherIsBetter: true,
  isErrorMetric: false,
  kind: 'aggregate',
  isDiscrete: false,
  comparesWith: 'label',
  statistics: (outputs, { label }) => {
    const labels = classLabels(label);
    const scores = seeOutput(outputs, spec.output, 'miou', (output) => {
      const seen = classScores(output, labels.dims);
      // The count of classes must be known: tables have one width.
      return seen?.isDecision ? undefined : seen;
    });
    const count = classCount(scores) ?? 2;
    if (scores.positions < 2) {
      throw new InputError('miou compares maps: the label has a single value', {
        hint: 'Use top1 for one class a sample.',
      });
    }
    const overlap = new Array<number>(count * 2).fill(0);
    const add = (index: number): void => {
      overlap[index] = (overlap[index] ?? 0) + 1;
    };
    for (let position = 0; position < scores.positions; position++) {
      const given = Number(labels.classes[position]);
      if (given === IGNORED && count <= IGNORED) continue;
      const actual = checkClass(given, count);
      const said = decidedClass(scores, position);
      if (said === actual) add(actual * 2);
      add(actual * 2 + 1);
      if (said !== actual && said >= 0) add(said * 2 + 1);
    }
    return overlap;
  },
  aggregate: meanOverlap,
});

/** Columns: intersection and union of each class, in positions. */
function meanOverlap({ rows, width, values }: ScoreTable, weights?: ArrayLike<number>): number {
  const sums = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    if (weight === 0) continue;
    for (let column = 0; column < width; column++) {
      sums[column] = (sums[column] ?? 0) + weight * (values[row * width + column] ?? 0);
    }
  }
  let total = 0;
  let classes = 0;
  for (let column = 0; column < width; column += 2) {
    const union = sums[column + 1] ?? 0;
    if (union === 0) continue;
    total += (sums[column] ?? 0) / union;
    classes++;
  }
  return total / classes;
}
