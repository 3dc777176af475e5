/** Arrays by name (an `.npz`, or a lone `.npy`) as samples: which array feeds what, and whether all fit. */
import { InputError } from '../../base/errors.ts';
import { nearestName } from '../../base/suggest.ts';
import type { NamedTensors, Tensor } from '../../base/tensor.ts';
import type { ValueInfo } from '../../onnx/model.ts';
import type { ArraySource } from './array-source.ts';
import { type BoundArray, batchAxisOf, batchSymbols, bindArray, type Port } from './bind-array.ts';
import { conversionNote, convertTensor } from './convert.ts';
import { Notes, type OpenedData, type WantedData } from './data-form.ts';
import type { GoldenOutputs } from './data-set.ts';
import type { InputSignature } from './input-signature.ts';
import { arrayLabels } from './labels.ts';

/** The names under which labels are found, in this order. */
export const LABEL_NAMES = ['y', 'label', 'labels'] as const;
/** Stands for the input's name where there is one input alone. */
export const SINGLE_INPUT = 'x';
/** Stands for the output's name where there is one output alone. */
const SINGLE_OUTPUT = 'outputs';

/** The arrays of a file, opened when asked for. */
export interface ArrayFile {
  readonly shown: string;
  readonly names: readonly string[];
  /** Most of it is elsewhere: nothing is read before somebody asks. */
  readonly isAway?: true;
  open(name: string): Promise<ArraySource>;
  close(): Promise<void>;
}

/** The file is closed with the data, and when it does not fit. @throws InputError */
export async function openArraySet(file: ArrayFile, wanted: WantedData): Promise<OpenedData> {
  const opened: ArraySource[] = [];
  const close = async (): Promise<void> => {
    for (const array of opened) array.close();
    await file.close();
  };
  try {
    const open = async (name: string): Promise<ArraySource> => {
      const array = await file.open(name);
      opened.push(array);
      return array;
    };
    return { ...(await bindArrays(file, open, wanted)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function bindArrays(
  file: ArrayFile,
  open: (name: string) => Promise<ArraySource>,
  wanted: WantedData,
): Promise<Omit<OpenedData, 'close'>> {
  const { inputs } = wanted;
  const notes = new Notes();

  const inputArrays = new Map(inputs.map((input) => [input.name, arrayFor(input, file, inputs)]));
  const taken = new Set(inputArrays.values());
  const labelName = LABEL_NAMES.find((name) => file.names.includes(name) && !taken.has(name));
  if (labelName !== undefined) taken.add(labelName);
  const goldenNames = goldenArrays(file, wanted.outputs, taken);
  for (const name of goldenNames.values()) taken.add(name);
  refuseMisspelt(file, taken, wanted, labelName !== undefined);
  const unused = file.names.filter((name) => !taken.has(name));
  if (unused.length > 0) notes.add(`arrays not used: ${unused.join(', ')}`);

  const symbols = batchSymbols(inputs);
  const bound: { input: InputSignature; array: ArraySource; binding: BoundArray }[] = [];
  for (const input of inputs) {
    const array = await open(inputArrays.get(input.name) ?? input.name);
    const binding = bindArray(array, input, batchAxisOf(input.shape, symbols));
    const note = conversionNote(array.type, input.type);
    if (note !== undefined) notes.add(`${array.name}: ${note}`);
    bound.push({ input, array, binding });
  }
  const length = commonLength(bound, file.shown);
  const step = Math.max(...bound.map(({ binding }) => binding.step));

  const label =
    labelName === undefined ? undefined : arrayLabels(await open(labelName), length, step, file);
  const golden: { name: string; binding: BoundArray }[] = [];
  for (const [output, name] of goldenNames) {
    const array = await open(name);
    golden.push({ name: output.name, binding: bindGolden(array, output, length, step) });
  }
  return {
    length,
    notes,
    sample: async (index) =>
      named(
        bound.map(({ input, array, binding }) => [
          input.name,
          convertTensor(binding.tensor(index), input.type, `${array.name}, sample ${index},`),
        ]),
      ),
    ...(label === undefined ? {} : { label }),
    ...(golden.length === 0 ? {} : { goldenOutputs: goldenOutputs(golden) }),
  };
}

const named = (entries: readonly (readonly [string, Tensor])[]): NamedTensors =>
  Object.fromEntries(entries);

function goldenOutputs(golden: readonly { name: string; binding: BoundArray }[]): GoldenOutputs {
  return {
    names: golden.map(({ name }) => name),
    output: (index) => named(golden.map(({ name, binding }) => [name, binding.tensor(index)])),
  };
}

function arrayFor(
  input: InputSignature,
  file: ArrayFile,
  inputs: readonly InputSignature[],
): string {
  if (file.names.includes(input.name)) return input.name;
  if (inputs.length === 1 && file.names.includes(SINGLE_INPUT)) return SINGLE_INPUT;
  const nearest = nearestName(input.name, file.names);
  const names = file.names.map((name) => `"${name}"`).join(', ') || 'none';
  const allowed =
    inputs.length === 1 && input.name !== SINGLE_INPUT
      ? `"${input.name}" or "${SINGLE_INPUT}"`
      : `"${input.name}"`;
  throw new InputError(
    `${file.shown} has no array for input "${input.name}"; its arrays: ${names}` +
      (nearest === undefined ? '' : ` (did you mean "${nearest}"?)`),
    { where: file.shown, hint: `Save that array as ${allowed}.` },
  );
}

function goldenArrays(
  file: ArrayFile,
  outputs: readonly ValueInfo[],
  taken: ReadonlySet<string>,
): Map<ValueInfo, string> {
  const found = new Map<ValueInfo, string>();
  for (const output of outputs) {
    const name =
      outputs.length === 1 && !file.names.includes(output.name) ? SINGLE_OUTPUT : output.name;
    if (file.names.includes(name) && !taken.has(name)) found.set(output, name);
  }
  return found;
}

/** A label or output array with one letter wrong would be passed over and its numbers be missing. */
function refuseMisspelt(
  file: ArrayFile,
  taken: ReadonlySet<string>,
  { outputs }: WantedData,
  hasLabels: boolean,
): void {
  // "y" is one letter: everything short is near it.
  const known = [...(hasLabels ? [] : LABEL_NAMES.slice(1)), ...outputs.map(({ name }) => name)];
  for (const name of file.names) {
    if (taken.has(name)) continue;
    const meant = nearestName(
      name,
      known.filter((other) => !taken.has(other)),
    );
    if (meant === undefined || meant === name) continue;
    throw new InputError(
      `${file.shown}: array "${name}" feeds nothing (did you mean "${meant}"?)`,
      { where: file.shown, hint: 'Rename or remove it.' },
    );
  }
}

function commonLength(
  bound: readonly { array: ArraySource; binding: BoundArray }[],
  shown: string,
): number {
  const counted = bound.flatMap(({ array, binding: { samples } }) =>
    samples === undefined ? [] : [{ array, samples }],
  );
  const [first, ...others] = counted;
  if (first === undefined) {
    throw new InputError(`${shown} holds no samples: every array is a constant`, {
      where: shown,
      hint: 'The first axis of at least one input counts the samples.',
    });
  }
  const other = others.find(({ samples }) => samples !== first.samples);
  if (other !== undefined) {
    throw new InputError(
      `the arrays differ in length: ${first.array.name} has ${first.samples} samples, ` +
        `${other.array.name} ${other.samples}`,
      { where: shown, hint: 'Give every input the same samples; a constant has rank 0.' },
    );
  }
  return first.samples;
}

function bindGolden(
  array: ArraySource,
  output: ValueInfo,
  length: number,
  step: number,
): BoundArray {
  const shape = output.type?.kind === 'tensor' ? output.type.shape : null;
  const loose = shape?.map((dim, axis) => (axis === 0 && dim !== 1 ? null : dim)) ?? null;
  const signature: Port = { name: output.name, type: array.type, shape: loose, isOutput: true };
  // Rows of a fixed batch come out as they went in: cut in the same steps.
  if (step > 1 && array.dims[0] === length * step) {
    return {
      samples: length,
      step,
      tensor: (index) => array.slice(0, index * step, step),
    };
  }
  const binding = bindArray(array, signature, batchAxisOf(loose, new Set()));
  if (binding.samples !== undefined && binding.samples !== length) {
    throw new InputError(
      `${array.name} has ${binding.samples} golden outputs for ${length} samples`,
      { where: array.name, hint: 'Give one output a sample.' },
    );
  }
  return binding;
}
