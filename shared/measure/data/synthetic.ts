/**
 * Inputs drawn at random where no data was given: of the declared or inferred range, the same for the
 * same seed on every machine. They show that outputs stay the same, never that they are right.
 */
import { digestJson } from '../../base/digest.ts';
import { LimitError } from '../../base/errors.ts';
import { encodeFloat16 } from '../../base/float16.ts';
import { createRandom, type Random } from '../../base/random.ts';
import type { NamedTensors, Tensor, TensorType } from '../../base/tensor.ts';
import { GraphEditor } from '../../onnx/graph-editor.ts';
import type { Model } from '../../onnx/model.ts';
import { elementCount, integerValues } from '../../onnx/tensor-data.ts';
import type { DataSet } from './data-set.ts';
import { indexBound } from './index-bound.ts';
import { type InputSignature, inputSignature } from './input-signature.ts';

/** Of the rules by which ranges are chosen: raised with them, so that no store answers for other inputs. */
export const SYNTHETIC_RULES = 2;

export interface SyntheticSpec {
  /** {@link SYNTHETIC_RULES}, where the spec is part of a key. */
  readonly rules?: number | undefined;
  readonly samples: number;
  readonly seed: number;
  /** For inputs with free dimensions; without an entry each is 1. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

/** How the elements of one input are drawn. */
export type InputRange =
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number; readonly why: string }
  | { readonly kind: 'normal'; readonly why: string }
  | { readonly kind: 'index'; readonly below: number; readonly why: string }
  | { readonly kind: 'constant'; readonly value: number; readonly why: string };

/** One input of one sample: what a child process is sent at once (CWE-789). */
const MAX_INPUT_BYTES = 2 ** 31 - 1;

/** A data set without labels. @throws UnsupportedError for inputs that cannot be fed, LimitError for too large ones */
export function syntheticData(model: Model, spec: SyntheticSpec): DataSet {
  const inputs = model.graph.inputs
    .filter(({ name }) => !model.graph.initializers.has(name))
    .map(inputSignature);
  const drawn = inputs.map((input) => {
    const shape = shapeOf(input, spec);
    checkSize(input, shape);
    return { input, shape, range: rangeOf(input, model) };
  });
  return {
    path: 'synthetic inputs',
    length: spec.samples,
    digest: digestJson({
      synthetic: spec,
      ranges: drawn.map(({ input, shape, range }) => ({ ...input, shape, range })),
    }),
    hasLabels: false,
    notes: drawn.map(
      ({ input, shape, range }) => `${input.name} [${shape.join(', ')}]: ${describe(range)}`,
    ),
    sample: async (index) => {
      // A stream for each sample: any order, and any part alone, gives the same inputs.
      const random = createRandom(spec.seed, `synthetic ${index}`);
      const entries = drawn.map(({ input, shape, range }) => [
        input.name,
        draw(input.type, shape, range, random),
      ]);
      return Object.fromEntries(entries) as NamedTensors;
    },
    label: () => undefined,
    close: async () => {},
  };
}

/** The range that the model declares (image metadata), or that its first ops tell. */
export function rangeOf(input: InputSignature, model: Model): InputRange {
  if (!/^(float|uint8)/.test(input.type))
    return comparedWith(input, model) ?? indexRange(input, model);
  const nominal = model.metadata.get('Image.NominalPixelRange');
  const rank = input.shape?.length;
  const isImage =
    rank === 4 &&
    input.shape?.some((dim, axis) => axis > 0 && (dim === 1 || dim === 3 || dim === 4));
  if (input.type === 'uint8')
    return { kind: 'uniform', low: 0, high: 255, why: 'the range of uint8' };
  if (nominal !== undefined && isImage) {
    const [low, high] = /0_255/.test(nominal)
      ? [0, 255]
      : /1_1/.test(nominal)
        ? [-1, 1]
        : /16_235/.test(nominal)
          ? [16, 235]
          : [0, 1];
    return { kind: 'uniform', low, high, why: `declared as ${nominal}` };
  }
  return isImage
    ? { kind: 'uniform', low: 0, high: 1, why: 'its shape is that of an image' }
    : { kind: 'normal', why: 'nothing else is known' };
}

/** A switch, such as a sampling rate: the model asks whether it is this value, so this value it takes. */
function comparedWith({ name }: InputSignature, model: Model): InputRange | undefined {
  const graph = new GraphEditor(model.graph, { irVersion: model.irVersion });
  for (const { node } of graph.uses(name)) {
    const other = node.inputs.find((input) => input !== name);
    const tensor =
      node.opType === 'Equal' && other !== undefined ? graph.constant(other) : undefined;
    if (!tensor || tensor.type === 'string' || elementCount(tensor) !== 1) continue;
    const [value = 0] = integerValues(tensor);
    return { kind: 'constant', value, why: 'the model compares it with this value' };
  }
  return undefined;
}

/** Indices into a table must lie in it. */
function indexRange({ name }: InputSignature, model: Model): InputRange {
  const below = indexBound(name, model);
  return below === undefined
    ? { kind: 'index', below: 2, why: 'nothing else is known' }
    : { kind: 'index', below, why: `it indexes a table of ${below}` };
}

function shapeOf({ name, shape }: InputSignature, { shapes }: SyntheticSpec): readonly number[] {
  const given = shapes[name];
  if (given) return given;
  return (shape ?? []).map((dim) => (typeof dim === 'number' ? dim : 1));
}

function checkSize({ name, type }: InputSignature, shape: readonly number[]): void {
  const bytes = shape.reduce((all, dim) => all * dim, bytesOf(type));
  if (bytes <= MAX_INPUT_BYTES) return;
  throw new LimitError(
    `input "${name}" of shape [${shape.join(', ')}] has ${bytes.toLocaleString('en')} bytes a sample: at most ${MAX_INPUT_BYTES.toLocaleString('en')} can be fed`,
    { hint: `Give smaller free dimensions (--shape ${name}=…), or export it with smaller ones.` },
  );
}

/** Of one element; text counts as a pointer. */
const bytesOf = (type: TensorType): number => Number(/\d+$/.exec(type)?.[0] ?? 8) / 8;

function draw(
  type: TensorType,
  dims: readonly number[],
  range: InputRange,
  random: Random,
): Tensor {
  const count = dims.reduce((all, dim) => all * dim, 1);
  const next = (): number => {
    if (range.kind === 'constant') return range.value;
    if (range.kind === 'normal') return random.normal();
    return range.kind === 'index'
      ? random.below(range.below)
      : range.low + random.float() * (range.high - range.low);
  };
  const numbers = Float64Array.from({ length: count }, next);
  switch (type) {
    case 'float32':
      return { type, dims, data: Float32Array.from(numbers) };
    case 'float64':
      return { type, dims, data: numbers };
    case 'float16':
      return { type, dims, data: encodeFloat16(Float32Array.from(numbers)) };
    case 'int64':
      return {
        type,
        dims,
        data: BigInt64Array.from(numbers, (value) => BigInt(Math.floor(value))),
      };
    case 'uint64':
      return {
        type,
        dims,
        data: BigUint64Array.from(numbers, (value) => BigInt(Math.floor(value))),
      };
    case 'int8':
      return { type, dims, data: Int8Array.from(numbers) };
    case 'uint8':
    case 'bool':
      return { type, dims, data: Uint8Array.from(numbers) };
    case 'int16':
      return { type, dims, data: Int16Array.from(numbers) };
    case 'uint16':
      return { type, dims, data: Uint16Array.from(numbers) };
    case 'int32':
      return { type, dims, data: Int32Array.from(numbers) };
    case 'uint32':
      return { type, dims, data: Uint32Array.from(numbers) };
    case 'string':
      return { type, dims, data: Array.from(numbers, () => '') };
  }
}

function describe(range: InputRange): string {
  switch (range.kind) {
    case 'uniform':
      return `uniform in ${range.low} … ${range.high} (${range.why})`;
    case 'constant':
      return `${range.value} (${range.why})`;
    case 'normal':
      return `normally distributed (${range.why})`;
    case 'index':
      return `whole numbers below ${range.below} (${range.why})`;
  }
}
