/** `top1`, `top5`: the share of samples (of positions, for maps) whose class is among the k best scores. */
import type { NamedTensors } from '../../base/tensor.ts';
import {
  type ClassScores,
  checkClass,
  classCount,
  classLabels,
  classScores,
  decidedClass,
  fromOneHot,
} from './class-scores.ts';
import { type Metric, type MetricSpec, meanColumn } from './metric.ts';
import { seeOutput } from './scored-output.ts';

export const topK =
  (name: string, k: number) =>
  (spec: MetricSpec): Metric => ({
    name,
    higherIsBetter: true,
    isErrorMetric: false,
    kind: 'mean',
    isDiscrete: true,
    comparesWith: 'label',
    statistics: (outputs: NamedTensors, { label }) => {
      const given = classLabels(label);
      const { scores, labels } = seeOutput(outputs, spec.output, name, (output) => {
        const plain = classScores(output, []);
        const labels = plain === undefined ? given : fromOneHot(given, plain.columns);
        const scores = classScores(output, labels.dims);
        return scores === undefined ? undefined : { scores, labels };
      });
      const count = classCount(scores);
      let right = 0;
      for (let position = 0; position < scores.positions; position++) {
        const wanted = checkClass(Number(labels.classes[position]), count);
        right += Number(isAmongBest(scores, position, wanted, k));
      }
      return [right / scores.positions];
    },
    aggregate: (table, weights) => meanColumn(table, 0, weights),
  });

/** Equal scores rank in class order, as argmax does: a model that says nothing is not right by luck. */
function isAmongBest(scores: ClassScores, position: number, wanted: number, k: number): boolean {
  if (k === 1 || scores.columns === 1) return decidedClass(scores, position) === wanted;
  const own = scores.at(position, wanted);
  if (Number.isNaN(own)) return false;
  let before = 0;
  for (let column = 0; column < scores.columns; column++) {
    const other = scores.at(position, column);
    if (other > own || (other === own && column < wanted) || Number.isNaN(other)) before++;
  }
  return before < k;
}
