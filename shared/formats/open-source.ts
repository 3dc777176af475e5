/** A model of any format that Fettle reads, told by its bytes. */
import { stat } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { Digest } from '../base/brand.ts';
import { digestJson } from '../base/digest.ts';
import { FettleError, InputError } from '../base/errors.ts';
import { LOCAL_FILES } from '../onnx/file-access.ts';
import { detectEntry, type ReadableEntry } from './detect.ts';
import type { FormatEntry, FormatName } from './format.ts';
import type { ReadOptions, SourceModel } from './source-model.ts';

/** Options that only say something about formats that hold graphs of TensorFlow. */
export const GRAPH_OPTIONS = ['signature', 'inputs', 'outputs'] as const;

/** Formats that they apply to. */
const TAKES: Readonly<Record<(typeof GRAPH_OPTIONS)[number], readonly FormatName[]>> = {
  signature: ['saved-model', 'tflite'],
  inputs: ['saved-model', 'frozen-graph', 'tfjs', 'tflite'],
  outputs: ['saved-model', 'frozen-graph', 'tfjs', 'tflite'],
};

/** Whether an option means something to a format. */
export const takesOption = (format: FormatName, option: (typeof GRAPH_OPTIONS)[number]): boolean =>
  TAKES[option].includes(format);

export interface OpenedSource extends SourceModel {
  readonly format: FormatName;
}

/**
 * Opens the file or folder at `path`, of the format `known` where that was told before. Weights stay where they
 * are until they are asked for.
 * @throws what the reader of its format throws; UnsupportedError, with the line to run, for a format
 * that is only recognised; InputError for an option that means nothing to it
 */
export async function openSource(
  path: string,
  options: ReadOptions,
  known?: ReadableEntry,
): Promise<OpenedSource> {
  const entry = known ?? (await detectEntry(path, options.shown, options.open));
  checkGraphOptions(entry, options);
  const read = await entry.reader();
  try {
    const source = await read(path, options);
    return { ...source, format: entry.name, [Symbol.dispose]: () => source[Symbol.dispose]() };
  } catch (error) {
    throw error instanceof FettleError ? error.in(options.shown) : error;
  }
}

/** @throws InputError for an option that means nothing to the format */
export function checkGraphOptions(
  { name, title }: Pick<FormatEntry, 'name' | 'title'>,
  options: Pick<ReadOptions, 'shown' | (typeof GRAPH_OPTIONS)[number]>,
): void {
  for (const option of GRAPH_OPTIONS) {
    if (options[option] === undefined || takesOption(name, option)) continue;
    throw new InputError(`${CALLED[option]} means nothing for ${title}`, {
      where: options.shown,
      hint: `It is for ${TAKES[option].map(describeFormat).join(', ')}.`,
    });
  }
}

/** In a configuration inputs are shapes: a cut is not called so there. */
const CALLED: Readonly<Record<(typeof GRAPH_OPTIONS)[number], string>> = {
  signature: '"signature"',
  inputs: 'cutting the graph at inputs (--inputs)',
  outputs: '"outputs"',
};

const DESCRIPTIONS: Partial<Record<FormatName, string>> = {
  'saved-model': 'SavedModels',
  'frozen-graph': 'frozen graphs',
  tfjs: 'graph models of TensorFlow.js',
  tflite: 'TensorFlow Lite models',
};

const describeFormat = (name: FormatName): string => DESCRIPTIONS[name] ?? name;

/** What a model is made of, and what it is called in the store. */
export interface SourceIdentity {
  readonly format: FormatName;
  readonly digest: Digest;
  /** Of all its files. */
  readonly bytes: number;
  /** Absolute, sorted; the first is the one to open where a runtime takes a file. */
  readonly files: readonly string[];
  /** Of each of them. */
  readonly digests: ReadonlyMap<string, Digest>;
}

/**
 * The digest of a model: of its file, or of the names and digests of all its files. `known` as in {@link openSource}.
 * @throws as {@link openSource} does for what it cannot tell
 */
export async function identifySource(
  path: string,
  shown = path,
  known?: ReadableEntry,
  access = LOCAL_FILES,
): Promise<SourceIdentity> {
  const entry = known ?? (await detectEntry(path, shown, access.open));
  const files = (await (entry.files?.(path, access.open) ?? [path])).map((file) => resolve(file));
  const digests = new Map<string, Digest>();
  let bytes = 0;
  const digesting = files.map((file) => access.digest(file));
  for (const [index, own] of (await Promise.all(digesting)).entries()) {
    const file = files[index] ?? path;
    digests.set(file, own);
    bytes += (await stat(file)).size;
  }
  const [first = path] = files;
  const folder = dirname(first);
  const digest =
    files.length === 1
      ? digests.get(first)
      : digestJson(
          Object.fromEntries([...digests].map(([file, own]) => [relative(folder, file), own])),
        );
  return { format: entry.name, digest: digest ?? digestJson({}), bytes, files, digests };
}
