/** `ctc-exact`: the share of samples whose greedily decoded text is the label, both trimmed. */
import { decodedText, labelText, readAlphabet } from './ctc-text.ts';
import { type Metric, type MetricSpec, meanColumn } from './metric.ts';

export const ctcExact = async (spec: MetricSpec): Promise<Metric> => {
  const alphabet = await readAlphabet(spec);
  return {
    name: 'ctc-exact',
    higherIsBetter: true,
    isErrorMetric: false,
    kind: 'mean',
    isDiscrete: true,
    comparesWith: 'label',
    statistics: (outputs, { label }) => [
      Number(decodedText(outputs, alphabet, spec) === labelText(label)),
    ],
    aggregate: (table, weights) => meanColumn(table, 0, weights),
  };
};
