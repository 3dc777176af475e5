/**
 * `cer`: the character error rate, edits needed to reach the label / characters of the label, both
 * summed over all samples. Characters are Unicode code points.
 */
import { distance } from 'fastest-levenshtein';
import { decodedText, labelText, readAlphabet } from './ctc-text.ts';
import { type Metric, type MetricSpec, meanColumn } from './metric.ts';

export const cer = async (spec: MetricSpec): Promise<Metric> => {
  const alphabet = await readAlphabet(spec);
  return {
    name: 'cer',
    higherIsBetter: false,
    isErrorMetric: true,
    kind: 'aggregate',
    isDiscrete: true,
    comparesWith: 'label',
    statistics: (outputs, { label }) => {
      const wanted = labelText(label);
      const edits = editDistance(decodedText(outputs, alphabet, spec), wanted);
      return [edits, [...wanted].length];
    },
    aggregate: (table, weights) => meanColumn(table, 0, weights) / meanColumn(table, 1, weights),
  };
};

/** Levenshtein distance in code points: the library counts UTF-16 units, so each is given one unit. */
export function editDistance(a: string, b: string): number {
  const units = new Map<string, string>();
  const inUnits = (text: string): string =>
    [...text]
      .map((character) => {
        const unit = units.get(character) ?? String.fromCharCode(units.size);
        units.set(character, unit);
        return unit;
      })
      .join('');
  return distance(inUnits(a), inUnits(b));
}
