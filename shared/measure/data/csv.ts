/**
 * `.csv` for flat numeric inputs: a header row, a sample a row.
 *
 * Columns called `y`, `label` or `labels` hold the label. With one input all other columns feed it, in
 * order; with several, `NAME`, `NAME.0`, `NAME.1`, … feed input NAME.
 */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { FettleError, InputError, UnsupportedError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import { LABEL_NAMES } from './array-set.ts';
import { createBoxWriter } from './byte-box.ts';
import { type DataForm, Notes, type WantedData } from './data-form.ts';
import type { Label } from './data-set.ts';
import type { InputSignature } from './input-signature.ts';
import { flatTensor } from './numeric-row.ts';

/** A row of a table of numbers; more is a broken quote (CWE-400). */
const MAX_ROW_BYTES = 16 * 1024 * 1024;

export const csv: DataForm = {
  name: 'comma-separated numbers (.csv)',
  suffixes: ['.csv'],
  startsLike: (head) => /^[\w"\uFEFF][^\n\0]*,[^\0]*$/.test(new TextDecoder().decode(head)),
  open: async ({ file, shown }, wanted) => {
    // Rows are packed as doubles once, so that any of them is found without parsing those before it.
    const writer = createBoxWriter(shown);
    const labels: Label[] = [];
    let columns: Columns | undefined;
    let length = 0;
    try {
      for await (const row of records(file, shown)) {
        if (columns === undefined) {
          columns = assignColumns(row, wanted, shown);
          continue;
        }
        const where = `${shown}: row ${length + 1}`;
        const values = columns.features.map((column) =>
          parseNumber(row[column] ?? '', `${where}, column "${columns?.names[column]}"`),
        );
        await writer.write(new Uint8Array(Float64Array.from(values).buffer));
        if (columns.label !== undefined) labels.push(parseLabel(row[columns.label] ?? '', where));
        length++;
      }
    } catch (error) {
      await writer.abandon();
      throw explainCsvError(error, shown);
    }
    const box = await writer.finish();
    const width = columns?.features.length ?? 0;
    const spans = columns?.spans ?? [];
    return {
      length,
      notes: new Notes(),
      sample: async (index) => {
        const bytes = box.read(index * width * 8, width * 8);
        const values = Array.from(new Float64Array(bytes.buffer));
        const where = `${shown}: row ${index + 1}`;
        return Object.fromEntries(
          spans.map(({ input, start, count }) => [
            input.name,
            flatTensor(values.slice(start, start + count), input, where),
          ]),
        );
      },
      ...(columns?.label === undefined ? {} : { label: (index: number) => labels[index] ?? null }),
      close: async () => box.close(),
    };
  },
};

interface Columns {
  readonly names: readonly string[];
  readonly label: number | undefined;
  /** Columns that feed inputs, grouped by input. */
  readonly features: readonly number[];
  readonly spans: readonly { input: InputSignature; start: number; count: number }[];
}

async function* records(file: string, shown: string): AsyncGenerator<string[]> {
  const parser = createReadStream(file).pipe(
    parse({ bom: true, skip_empty_lines: true, trim: true, max_record_size: MAX_ROW_BYTES }),
  );
  for await (const record of parser) {
    if (!Array.isArray(record)) throw new InputError(`${shown} is not a table`);
    yield record.map(String);
  }
}

function assignColumns(names: readonly string[], { inputs }: WantedData, shown: string): Columns {
  if (names.every((name) => name !== '' && Number.isFinite(Number(name)))) {
    throw new InputError(`${shown} has no header: its first row holds only numbers`, {
      where: shown,
      hint: 'Name the columns in the first row; the label\'s column is "y", "label" or "labels".',
    });
  }
  const inputNames = new Set(inputs.map(({ name }) => name));
  const label = names.findIndex(
    (name) => LABEL_NAMES.some((known) => known === name) && !inputNames.has(name),
  );
  const owner = (name: string): string =>
    inputs.length === 1 ? '' : name.replace(/[.[]\d+\]?$/, '');
  const features: number[] = [];
  const spans = inputs.map((input) => {
    if (input.type === 'string') {
      throw new UnsupportedError(`input "${input.name}" takes text, .csv feeds numbers`, {
        hint: 'Use .npz with a string array.',
      });
    }
    const start = features.length;
    for (const [column, name] of names.entries()) {
      if (column !== label && (inputs.length === 1 || owner(name) === input.name)) {
        features.push(column);
      }
    }
    const count = features.length - start;
    if (count === 0) {
      throw new InputError(
        `${shown} has no column for input "${input.name}"${didYouMean(input.name, names.map(owner))}`,
        { where: shown, hint: `Name its columns "${input.name}.0", "${input.name}.1", ….` },
      );
    }
    return { input, start, count };
  });
  return { names, label: label < 0 ? undefined : label, features, spans };
}

function parseNumber(text: string, where: string): number {
  const value = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) {
    throw new InputError(
      `${where}: ${text === '' ? 'a value is missing' : `"${text}" is no finite number`}`,
      {
        where,
        hint: 'Every column but the label holds numbers; drop or fill other rows.',
      },
    );
  }
  return value;
}

/** A number where the text is one, else the text: class names and transcriptions are labels too. */
function parseLabel(text: string, where: string): Label {
  if (text === '') throw new InputError(`${where} has no label`, { where });
  // "007" and long digit strings are texts that look like numbers.
  if (/^[+-]?0\d|\d{16}/.test(text)) return text;
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

function explainCsvError(error: unknown, shown: string): unknown {
  if (error instanceof FettleError || !(error instanceof Error)) return error;
  if (!('code' in error) || !String(error.code).startsWith('CSV_')) return error;
  return new InputError(`${shown}: ${error.message}`, {
    where: shown,
    hint: 'Every row has as many fields as the header.',
    cause: error,
  });
}
