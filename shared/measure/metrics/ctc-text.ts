/** Greedy CTC decoding: the best class of each step, repeats merged, blanks dropped. */
import { readFile } from 'node:fs/promises';
import { InputError } from '../../base/errors.ts';
import { explainReadError } from '../../base/files.ts';
import type { NamedTensors, Tensor } from '../../base/tensor.ts';
import { asNumbers, numbersOf } from '../data/convert.ts';
import type { Label } from '../data/data-set.ts';
import type { MetricSpec } from './metric.ts';
import { seeOutput } from './scored-output.ts';

/** The text of class k at k − 1; class 0 is the blank. */
export type Alphabet = readonly string[];

/** The lines of the alphabet's file, in the order of the classes. @throws InputError */
export async function readAlphabet({ name, alphabet }: MetricSpec): Promise<Alphabet> {
  if (alphabet === undefined) {
    throw new InputError(`${name} needs an alphabet`, {
      hint: 'Set data.alphabet to a text file with the characters, a class a line (blank not listed).',
    });
  }
  let text: string;
  try {
    text = await readFile(alphabet, 'utf8');
  } catch (error) {
    throw explainReadError(error, alphabet);
  }
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  if (lines.length < 2) {
    throw new InputError(`${alphabet} holds ${lines.length} line: one character a line is wanted`, {
      where: alphabet,
    });
  }
  return lines;
}

/**
 * The text that the model reads, from the first output of shape `[T, C]` or `[1, T, C]` with a class
 * for each line of the alphabet and the blank, and perhaps one more: a space. @throws InputError
 */
export function decodedText(outputs: NamedTensors, alphabet: Alphabet, spec: MetricSpec): string {
  return seeOutput(
    outputs,
    spec.output,
    `${spec.name} with ${alphabet.length} characters`,
    (output) => decode(output, alphabet),
  ).trim();
}

/** The label as text, trimmed as the decoded text is. @throws InputError */
export function labelText(label: Label | undefined): string {
  if (typeof label === 'string') return label.trim();
  // A number in a table of labels is a text that looks like one.
  if (typeof label === 'number') return String(label);
  throw new InputError(`the label ${JSON.stringify(label)?.slice(0, 60)} is no text`, {
    hint: 'Give the labels as a JSON array of strings (--labels FILE).',
  });
}

function decode(output: Tensor, alphabet: Alphabet): string | undefined {
  const dims =
    output.dims.length === 3 && output.dims[0] === 1 ? output.dims.slice(1) : output.dims;
  const [steps, classes] = dims;
  if (dims.length !== 2 || steps === undefined || classes === undefined) return undefined;
  if (output.type === 'string') return undefined;
  const hasSpace = classes === alphabet.length + 2;
  if (!hasSpace && classes !== alphabet.length + 1) return undefined;
  const values = asNumbers(numbersOf(output, 'output'));
  let text = '';
  let previous = 0;
  for (let step = 0; step < steps; step++) {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if ((values[step * classes + k] ?? 0) > (values[step * classes + best] ?? 0)) best = k;
    }
    if (best !== 0 && best !== previous) text += alphabet[best - 1] ?? ' ';
    previous = best;
  }
  return text;
}
