/** `mae`, `mse`: the mean absolute and squared difference from the label, over all elements of a sample. */
import { InputError, ToolError } from '../../base/errors.ts';
import type { Tensor } from '../../base/tensor.ts';
import { asNumbers, numbersOf } from '../data/convert.ts';
import { isTensor, type JsonValue, type Label } from '../data/data-set.ts';
import { type Metric, type MetricSpec, meanColumn } from './metric.ts';
import { seeOutput } from './scored-output.ts';

export const regression =
  (name: string, loss: (difference: number) => number) =>
  (spec: MetricSpec): Metric => ({
    name,
    higherIsBetter: false,
    isErrorMetric: true,
    kind: 'mean',
    isDiscrete: false,
    comparesWith: 'label',
    statistics: (outputs, { label }) => {
      const wanted = numbersOfLabel(label);
      const given = seeOutput(outputs, spec.output, name, (output: Tensor) => {
        if (output.type === 'string') return undefined;
        const values = asNumbers(numbersOf(output, 'output'));
        return values.length === wanted.length ? values : undefined;
      });
      let sum = 0;
      for (let i = 0; i < wanted.length; i++) sum += loss((given[i] ?? 0) - (wanted[i] ?? 0));
      const score = sum / wanted.length;
      if (!Number.isFinite(score)) throw new ToolError(`${name}: the output holds NaN or infinity`);
      return [score];
    },
    aggregate: (table, weights) => meanColumn(table, 0, weights),
  });

function numbersOfLabel(label: Label | undefined): ArrayLike<number> {
  if (isTensor(label)) return asNumbers(numbersOf(label, 'the label'));
  const numbers: number[] = [];
  const visit = (part: JsonValue | undefined): void => {
    if (typeof part === 'number') numbers.push(part);
    else if (Array.isArray(part)) for (const element of part) visit(element);
    else {
      throw new InputError(`the label ${JSON.stringify(label)?.slice(0, 60)} holds no numbers`, {
        hint: "mae and mse compare with numbers of the output's shape.",
      });
    }
  };
  visit(label);
  return numbers;
}
