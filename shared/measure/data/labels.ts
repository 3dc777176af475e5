/** Labels from an array beside the inputs, or from a JSON file. */

import { readFile, stat } from 'node:fs/promises';
import { InputError, LimitError } from '../../base/errors.ts';
import { explainReadError } from '../../base/files.ts';
import { product } from '../../base/product.ts';
import type { ArraySource } from './array-source.ts';
import { asNumbers, numbersOf } from './convert.ts';
import type { JsonValue, Label } from './data-set.ts';

/** Parsed at once: text for 10 million samples is less (CWE-400). */
const LABELS_MAX_BYTES = 512 * 1024 * 1024;

/**
 * Labels by sample from an array whose first axis counts the samples (times `step` for a fixed
 * batch). One number or text a sample is a plain value, more are a tensor, read when asked for; `isAway`: so are the
 * others.
 * @throws InputError naming the sample
 */
export function arrayLabels(
  array: ArraySource,
  length: number,
  step: number,
  { isAway = false } = {},
): (index: number) => Label {
  const rows = array.dims[0];
  if (rows !== length * step) {
    throw new InputError(
      `the arrays differ in length: ${array.name} has ${rows ?? 'one label'}${rows === undefined ? '' : ' labels'} ` +
        `for ${length * step} samples`,
      { where: array.name, hint: 'Give one label a sample.' },
    );
  }
  if (step > 1 || product(array.dims.slice(1)) !== 1) {
    return (index) => {
      const tensor = array.slice(0, index * step, step);
      const dims = step === 1 ? tensor.dims.slice(1) : tensor.dims;
      if (tensor.type !== 'string') {
        const values = asNumbers(numbersOf(tensor, array.name));
        if (values.some(Number.isNaN)) throw notANumber(array.name, index);
      }
      return { ...tensor, dims };
    };
  }
  if (!isAway) return plainLabels(array, rows);
  let labels: ReturnType<typeof plainLabels> | undefined;
  return (index) => {
    labels ??= plainLabels(array, rows);
    return labels(index);
  };
}

function plainLabels(array: ArraySource, rows: number): (index: number) => Label {
  const whole = array.slice(0, 0, rows);
  if (whole.type === 'string') {
    const texts = whole.data;
    return (index) => String(texts[index]);
  }
  const values = asNumbers(numbersOf(whole, array.name));
  const wrong = values.findIndex(Number.isNaN);
  if (wrong >= 0) throw notANumber(array.name, wrong);
  return (index) => values[index] ?? 0;
}

/** Labels from a file that holds a JSON array, one element a sample. @throws InputError */
export async function readLabelsFile(path: string, length: number): Promise<readonly JsonValue[]> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > LABELS_MAX_BYTES) {
      throw new LimitError(`${path} has ${size} bytes; labels may have ${LABELS_MAX_BYTES}`, {
        where: path,
      });
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw explainReadError(error, path);
  }
  let labels: JsonValue;
  try {
    labels = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path} is not JSON: ${error instanceof Error ? error.message : error}`, {
      where: path,
      hint: 'Labels are one JSON array, an element a sample.',
      cause: error,
    });
  }
  if (!isJsonArray(labels)) {
    throw new InputError(`${path} holds no JSON array`, {
      where: path,
      hint: 'Labels are one JSON array, an element a sample.',
    });
  }
  if (labels.length !== length) {
    throw new InputError(`${path} has ${labels.length} labels for ${length} samples`, {
      where: path,
      hint: 'Give one label a sample.',
    });
  }
  return labels;
}

const isJsonArray = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

function notANumber(name: string, index: number): InputError {
  return new InputError(`${name}: the label of sample ${index} is NaN`, {
    where: name,
    hint: 'Leave out samples without a label.',
  });
}
