/** Which output a metric scores, where a model has several. */
import { InputError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { NamedTensors, Tensor } from '../../base/tensor.ts';

/**
 * The output that `wanted` names, else the first, in the model's order, that `see` can read.
 * @throws InputError when there is none
 */
export function seeOutput<Seen>(
  outputs: NamedTensors,
  wanted: string | undefined,
  metric: string,
  see: (output: Tensor) => Seen | undefined,
): Seen {
  const names = Object.keys(outputs);
  if (wanted !== undefined && outputs[wanted] === undefined) {
    throw new InputError(
      `the metric's output "${wanted}" does not exist${didYouMean(wanted, names)}`,
      { hint: `The model gives ${names.join(', ')}.` },
    );
  }
  for (const name of wanted === undefined ? names : [wanted]) {
    const output = outputs[name];
    const seen = output === undefined ? undefined : see(output);
    if (seen !== undefined) return seen;
  }
  const shapes = Object.entries(outputs).map(([name, { type, dims }]) => {
    return `${name}: ${type} [${dims.join(', ')}]`;
  });
  throw new InputError(`${metric} cannot score this model: no output fits the labels`, {
    hint: `The outputs are ${shapes.join('; ')}. Choose another metric.`,
  });
}
