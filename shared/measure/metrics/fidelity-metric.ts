/**
 * `fidelity`: agreement with the source model, the smallest cosine over all outputs; each output's is
 * that of all its values over all samples, seen as one vector.
 */

import { compareOutput } from '../compare-output.ts';
import { cosineOf } from '../cosine.ts';
import type { Metric, MetricSpec, ScoreTable } from './metric.ts';

export const fidelityMetric = (spec: MetricSpec): Metric => ({
  name: 'fidelity',
  higherIsBetter: true,
  isErrorMetric: false,
  kind: 'aggregate',
  isDiscrete: false,
  comparesWith: 'reference',
  statistics: (outputs, { reference = {} }) =>
    Object.entries(reference)
      .filter(([name, { type }]) => type !== 'string' && (spec.output ?? name) === name)
      .flatMap(([name, wanted]) => {
        const { dot, normA, normB, broken } = compareOutput(wanted, outputs[name]);
        if (broken === 0) return [dot, normA, normB];
        // A broken sample is unlike the wanted one, whatever its remaining values say.
        const size = normA > 0 ? normA : 1;
        return [0, size, size];
      }),
  aggregate: smallestCosine,
});

/** Columns: the three products of each output. */
function smallestCosine({ rows, width, values }: ScoreTable, weights?: ArrayLike<number>): number {
  let smallest = 1;
  for (let column = 0; column < width; column += 3) {
    const sums = [0, 0, 0];
    for (let row = 0; row < rows; row++) {
      const weight = weights?.[row] ?? 1;
      for (let k = 0; k < 3; k++) {
        sums[k] = (sums[k] ?? 0) + weight * (values[row * width + column + k] ?? 0);
      }
    }
    smallest = Math.min(smallest, cosineOf(sums[0] ?? 0, sums[1] ?? 0, sums[2] ?? 0));
  }
  return smallest;
}
