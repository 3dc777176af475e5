/** Opens data of any form as samples for a model's inputs. */
import { open, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Digest } from '../../base/brand.ts';
import { digestFile, digestJson } from '../../base/digest.ts';
import { DefectError, InputError } from '../../base/errors.ts';
import type { NamedTensors } from '../../base/tensor.ts';
import type { ValueInfo } from '../../onnx/model.ts';
import type { DataForm, DataPlace, OpenedData } from './data-form.ts';
import type { DataSet, Label } from './data-set.ts';
import { DATA_FORMS } from './forms.ts';
import { imageFolder } from './image-folder.ts';
import { inputSignature } from './input-signature.ts';
import { readLabelsFile } from './labels.ts';
import { type LocateOptions, locateData } from './locate.ts';
import type { DataSpec } from './spec.ts';

export interface OpenDataOptions extends LocateOptions {
  /** The model's outputs: golden outputs are looked for under their names. */
  readonly outputs?: readonly ValueInfo[];
  /** Of the file or folder, where it is known: hashing 10 GB again takes longer than measuring. */
  readonly contentsDigest?: Digest;
}

/**
 * The data set that `spec` names, as samples for `inputs` (a graph's inputs without its initializers).
 * @throws InputError when it does not exist, is damaged, or does not fit; UnsupportedError for forms,
 * element types and addresses that are not read here
 */
export async function openData(
  spec: DataSpec,
  inputs: readonly ValueInfo[],
  options: OpenDataOptions = {},
): Promise<DataSet> {
  const place = await locateData(spec, options);
  const form = await formOf(place);
  if (place.open && !form.inParts)
    throw new DefectError(`${spec.path} is not here, and is not read in parts`);
  const opened = await form.open(place, {
    inputs: inputs.map(inputSignature),
    outputs: options.outputs ?? [],
    image: spec.input ?? {},
    hashesContents: options.contentsDigest === undefined,
  });
  try {
    if (opened.length === 0) {
      throw new InputError(`${spec.path} holds no samples`, {
        where: spec.path,
        hint: 'Give at least one.',
      });
    }
    const fileLabels =
      spec.labels === undefined ? undefined : await readLabelsFile(spec.labels, opened.length);
    const contents = options.contentsDigest ?? opened.contents ?? (await digestFile(place.file));
    const digest = await digestOf(spec, contents);
    return dataSet(spec, opened, digest, fileLabels);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Whether a file of this name can be looked into while most of it is elsewhere. */
export const isReadInParts = (path: string): boolean =>
  DATA_FORMS.some(({ suffixes, inParts }) => inParts && suffixes.includes(suffixOf(path)));

const suffixOf = (path: string): string => extname(path).toLowerCase();

async function formOf({ file, shown }: DataPlace): Promise<DataForm> {
  if ((await stat(file)).isDirectory()) return imageFolder;
  const suffix = suffixOf(isAddressLike(shown) ? new URL(shown).pathname : shown);
  const form = DATA_FORMS.find(({ suffixes }) => suffixes.includes(suffix));
  if (form !== undefined) return form;
  const head = await firstBytes(file);
  const likely = DATA_FORMS.find(({ startsLike }) => startsLike?.(head) ?? false);
  if (likely !== undefined && suffix === '') return likely;
  throw new InputError(`${shown} is no data that is read here`, {
    where: shown,
    hint: `Give ${DATA_FORMS.map(({ name }) => name).join('; ')}.`,
  });
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const buffer = new Uint8Array(4096);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const isAddressLike = (path: string): boolean => path.includes('://');

/** Of everything that decides which numbers a model is fed and what they are compared with. */
async function digestOf(spec: DataSpec, contents: Digest | readonly string[]): Promise<Digest> {
  return digestJson({
    contents,
    labels: spec.labels === undefined ? undefined : await digestFile(spec.labels),
    input: spec.input,
  });
}

function dataSet(
  spec: DataSpec,
  opened: OpenedData,
  digest: Digest,
  fileLabels: readonly Label[] | undefined,
): DataSet {
  const ownLabel = opened.label?.bind(opened);
  const label =
    fileLabels === undefined ? ownLabel : (index: number): Label => fileLabels[index] ?? null;
  const checkIndex = (index: number): void => {
    if (!Number.isInteger(index) || index < 0 || index >= opened.length) {
      throw new RangeError(`sample ${index} of ${opened.length}`);
    }
  };
  return {
    path: spec.path,
    length: opened.length,
    digest,
    hasLabels: label !== undefined,
    ...(opened.goldenOutputs === undefined ? {} : { goldenOutputs: opened.goldenOutputs }),
    ...(opened.classNames === undefined ? {} : { classNames: opened.classNames }),
    notes: opened.notes.list,
    sample: async (index) => {
      checkIndex(index);
      const sample = await opened.sample(index);
      checkFinite(sample, spec.path, index);
      return sample;
    },
    label: (index) => {
      checkIndex(index);
      return label?.(index);
    },
    close: () => opened.close(),
  };
}

/** NaN and infinities make every later number meaningless. float16 holds them where all exponent bits are set. */
function checkFinite(sample: NamedTensors, path: string, index: number): void {
  for (const [name, { type, data }] of Object.entries(sample)) {
    const isBad = (value: number): boolean =>
      type === 'float16' ? (value & 0x7c00) === 0x7c00 : !Number.isFinite(value);
    const isFloat =
      data instanceof Float32Array || data instanceof Float64Array || type === 'float16';
    if (
      !isFloat ||
      !(data instanceof Float32Array || data instanceof Float64Array || data instanceof Uint16Array)
    ) {
      continue;
    }
    for (let element = 0; element < data.length; element++) {
      const value = data[element] ?? 0;
      if (!isBad(value)) continue;
      const shown = type === 'float16' ? 'NaN or infinity' : value;
      throw new InputError(
        `${path}: input "${name}", sample ${index} holds ${shown} at element ${element}`,
        { where: path, hint: 'Remove the sample or replace the value.' },
      );
    }
  }
}
