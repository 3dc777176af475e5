/**
 * `.jsonl`: a sample a line, `{"input name": numbers, …, "y": label}`, or for a single input the bare
 * numbers. Nested arrays give the shape; a flat list takes the one the input declares, with batch 1.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { InputError, UnsupportedError } from '../../base/errors.ts';
import { explainReadError } from '../../base/files.ts';
import { IO_CHUNK_BYTES } from '../../base/limits.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { Tensor } from '../../base/tensor.ts';
import { LABEL_NAMES, SINGLE_INPUT } from './array-set.ts';
import { type DataForm, Notes } from './data-form.ts';
import type { JsonValue, Label } from './data-set.ts';
import { describeInput, type InputSignature } from './input-signature.ts';
import { flatTensor, shapedTensor } from './numeric-row.ts';

/** One sample as text; larger ones belong in .npz (CWE-400). */
const MAX_LINE_BYTES = 256 * 1024 * 1024;

export const jsonl: DataForm = {
  name: 'a JSON value a line (.jsonl)',
  suffixes: ['.jsonl', '.ndjson'],
  startsLike: (head) => /^\s*[{[]/.test(new TextDecoder().decode(head)),
  open: async ({ file, shown }, { inputs }) => {
    let descriptor: number;
    try {
      descriptor = openSync(file, 'r');
    } catch (error) {
      throw explainReadError(error, shown);
    }
    try {
      const lines = findLines(descriptor, shown);
      const length = lines.length / 3;
      const read = (index: number): { row: Row; where: string } => {
        const [start = 0, end = 0, number = 0] = lines.slice(index * 3, index * 3 + 3);
        const where = `${shown}: line ${number}`;
        return { row: parseRow(descriptor, start, end, inputs, where), where };
      };
      // Here, not at a sample in the middle, which comes first in a shuffled order.
      if (length > 0) {
        const { row, where } = read(0);
        for (const input of inputs) valueFor(row, input, inputs, where);
      }
      const labelName = length === 0 ? undefined : labelOf(read(0).row, inputs);
      return {
        length,
        notes: new Notes(),
        sample: async (index) => {
          const { row, where } = read(index);
          return Object.fromEntries(
            inputs.map((input) => [input.name, inputTensor(row, input, inputs, where)]),
          );
        },
        ...(labelName === undefined
          ? {}
          : {
              label: (index: number): Label => {
                const { row, where } = read(index);
                const label = row[labelName];
                if (label !== undefined && label !== null) return label;
                throw new InputError(`${where} has no "${labelName}"`, { where });
              },
            }),
        close: async () => closeSync(descriptor),
      };
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  },
};

type Row = Readonly<Record<string, JsonValue>>;

/** Start, end and number of every line that is not blank: three numbers each. */
function findLines(descriptor: number, shown: string): Float64Array {
  const found: number[] = [];
  const buffer = new Uint8Array(IO_CHUNK_BYTES);
  let offset = 0;
  let start = 0;
  let number = 1;
  let isBlank = true;
  const finish = (end: number): void => {
    if (end - start > MAX_LINE_BYTES) {
      throw new InputError(`${shown}: line ${number} has ${end - start} bytes`, {
        where: shown,
        hint: 'Use .npz for large samples.',
      });
    }
    if (!isBlank) found.push(start, end, number);
    start = end + 1;
    number++;
    isBlank = true;
  };
  for (;;) {
    const count = readSync(descriptor, buffer, 0, buffer.length, offset);
    if (count === 0) break;
    for (let i = 0; i < count; i++) {
      const byte = buffer[i] ?? 0;
      if (byte === 10) finish(offset + i);
      else if (byte !== 32 && byte !== 13 && byte !== 9) isBlank = false;
    }
    offset += count;
  }
  finish(offset);
  return Float64Array.from(found);
}

function parseRow(
  descriptor: number,
  start: number,
  end: number,
  inputs: readonly InputSignature[],
  where: string,
): Row {
  const bytes = new Uint8Array(end - start);
  readSync(descriptor, bytes, 0, bytes.length, start);
  let value: JsonValue;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new InputError(
      `${where} is not JSON: ${error instanceof Error ? error.message : error}`,
      {
        where,
        cause: error,
      },
    );
  }
  if (isRow(value)) return value;
  const [only] = inputs;
  if (inputs.length === 1 && only !== undefined) return { [only.name]: value };
  throw new InputError(`${where} is no object with the inputs as members`, {
    where,
    hint: `Write {"${inputs.map(({ name }) => name).join('": …, "')}": …}.`,
  });
}

const isRow = (value: JsonValue): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function labelOf(row: Row, inputs: readonly InputSignature[]): string | undefined {
  return LABEL_NAMES.find((name) => name in row && !inputs.some((input) => input.name === name));
}

/** @throws InputError when the row has nothing for the input */
function valueFor(
  row: Row,
  input: InputSignature,
  inputs: readonly InputSignature[],
  where: string,
): JsonValue {
  const isSingle = inputs.length === 1 && input.name !== SINGLE_INPUT;
  const value = row[!(input.name in row) && isSingle ? SINGLE_INPUT : input.name];
  if (value !== undefined) return value;
  const names = isSingle ? `"${input.name}" or "${SINGLE_INPUT}"` : `"${input.name}"`;
  throw new InputError(
    `${where} lacks input "${input.name}"${didYouMean(input.name, Object.keys(row))}`,
    { where, hint: `Call that member ${names}.` },
  );
}

function inputTensor(
  row: Row,
  input: InputSignature,
  inputs: readonly InputSignature[],
  where: string,
): Tensor {
  const value = valueFor(row, input, inputs, where);
  if (input.type === 'string') {
    throw new UnsupportedError(`input "${input.name}" takes text, .jsonl feeds numbers`, {
      hint: 'Use .npz with a string array.',
    });
  }
  const named = `${where}, input "${input.name}"`;
  const { dims, values } = flatten(value, named);
  if (dims.length <= 1) {
    if (input.shape?.length === 0 && dims.length === 0)
      return shapedTensor(values, [], input, named);
    return flatTensor(values, input, named);
  }
  return shapedTensor(values, nestedDims(dims, input, named), input, named);
}

/** The dims of a nested value, with the batch axis of 1 that may be left out. */
function nestedDims(
  dims: readonly number[],
  input: InputSignature,
  where: string,
): readonly number[] {
  const { shape } = input;
  const full = shape !== null && dims.length === shape.length - 1 ? [1, ...dims] : dims;
  const fits =
    shape === null ||
    (full.length === shape.length &&
      shape.every((dim, axis) => typeof dim !== 'number' || dim === full[axis]));
  if (fits) return full;
  throw new InputError(
    `${where} has shape [${dims.join(', ')}], the model takes ${describeInput(input)}`,
    { where },
  );
}

function flatten(value: JsonValue, where: string): { dims: number[]; values: number[] } {
  const dims: number[] = [];
  const values: number[] = [];
  const visit = (part: JsonValue, depth: number): void => {
    if (Array.isArray(part)) {
      if (depth === dims.length && values.length === 0) dims.push(part.length);
      if (part.length !== dims[depth]) throw new InputError(`${where} is ragged`, { where });
      for (const element of part) visit(element, depth + 1);
      return;
    }
    if (depth !== dims.length) throw new InputError(`${where} is ragged`, { where });
    if (typeof part === 'boolean') values.push(part ? 1 : 0);
    else if (typeof part === 'number') values.push(part);
    else {
      throw new InputError(`${where} holds ${JSON.stringify(part)?.slice(0, 40)}, not numbers`, {
        where,
      });
    }
  };
  visit(value, 0);
  return { dims, values };
}
