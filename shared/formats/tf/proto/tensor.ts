/**
 * TensorProto. Weights stay ranges of the file; a list that is shorter than the shape says goes on with its
 * last element. Source: tensorflow/core/framework/tensor.proto, `Tensor::FromProto`.
 */
import { ELEMENT_TYPES, type ElementType, rawByteLength } from '../../../onnx/element-type.ts';
import type { Int64 } from '../../../onnx/model.ts';
import type { ByteRange, StoredTensor, TensorStorage } from '../../../onnx/stored-tensor.ts';
import { elementCount } from '../../../onnx/tensor-data.ts';
import type { Shape } from '../../build/dims.ts';
import { typeOfNumber } from '../data-type.ts';
import type { TfType } from '../tf-graph.ts';
import { filledStorage } from './fill.ts';
import { encodeIntegers } from './integers.ts';
import { fixedSizes, readShape } from './shape.ts';
import { decodeStringList } from './string-list.ts';
import type { TfReader } from './tf-reader.ts';

/** Lists whose elements already are little-endian: float, double, and pairs of them. */
const FIXED_WIDTH = new Map([
  [5, 4],
  [6, 8],
  [9, 4],
  [12, 8],
]);

/** Lists of varints: int, int64, bool, half and bfloat16 (as bits), uint32, uint64. */
const VARINTS = new Set([7, 10, 11, 13, 16, 17]);

/** TensorFlow holds one a byte, ONNX two: no model is known that computes with them. */
const UNPACKED = new Set<TfType>(['int4', 'uint4']);

/** What a tensor takes besides its values. */
const TENSOR_BYTES = 500;

interface Contents {
  /** `tensor_content`, or float8 elements. */
  raw: ByteRange | undefined;
  /** One packed list, or the bytes of elements that came one by one. */
  readonly fixed: (ByteRange | Uint8Array)[];
  integers: Int64[] | undefined;
  strings: Uint8Array[] | undefined;
}

/**
 * The current message as a tensor; `undefined` for handles and types that have no counterpart.
 * @throws ModelError when its values do not fit its type and shape
 */
export function readTensor(reader: TfReader): StoredTensor | undefined {
  const contents: Contents = {
    raw: undefined,
    fixed: [],
    integers: undefined,
    strings: undefined,
  };
  let type: TfType = 'unknown';
  let shape: Shape | null = [];
  reader.charge(TENSOR_BYTES);
  while (reader.next()) {
    const { field } = reader;
    if (field === 1) type = typeOfNumber(reader.integer());
    else if (field === 2) shape = reader.message(() => readShape(reader));
    else if (field === 4 || field === 18) contents.raw = reader.range();
    else if (FIXED_WIDTH.has(field))
      contents.fixed.push(reader.hasLength ? reader.range() : loose(reader));
    else if (VARINTS.has(field)) contents.integers = reader.int64s(contents.integers);
    else if (field === 8) {
      contents.strings ??= [];
      contents.strings.push(reader.bytes());
    } else reader.skip();
  }
  if (!isElementType(type) || UNPACKED.has(type)) return undefined;
  const dims = fixedSizes(shape, 'a constant', reader);
  return {
    name: '',
    type,
    dims,
    storage: storageOf(reader, type, elementCount({ dims }), contents),
  };
}

const isElementType = (type: TfType): type is ElementType => type in ELEMENT_TYPES;

function loose(reader: TfReader): Uint8Array {
  const bytes = reader.scalar().slice();
  reader.charge(100 + bytes.length);
  return bytes;
}

function storageOf(
  reader: TfReader,
  type: ElementType,
  count: number,
  { raw, fixed, integers, strings }: Contents,
): TensorStorage {
  if (type === 'string') {
    const values =
      strings ?? (raw?.length ? decodeStringList(raw, count, { isChecked: false }) : []);
    return { kind: 'strings', values: filledStrings(reader, values, count) };
  }
  const expected = rawByteLength(type, count);
  if (raw?.length) {
    if (raw.length === expected) return { kind: 'file', range: raw };
    throw reader.error(`a constant has ${raw.length} bytes where its shape needs ${expected}`);
  }
  const [only] = fixed;
  if (fixed.length === 1 && only && 'source' in only && only.length === expected)
    return { kind: 'file', range: only };
  const given = integers ? encodeIntegers(type, integers) : joined(reader, fixed, expected);
  const width = ELEMENT_TYPES[type].bits / 8;
  if (given.length > expected || given.length % width !== 0)
    throw reader.error(`a constant has ${given.length} bytes where its shape needs ${expected}`);
  return filledStorage(given, width, expected, reader.budget);
}

function joined(
  reader: TfReader,
  parts: readonly (ByteRange | Uint8Array)[],
  expected: number,
): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  // Before anything is read: a list that is too long must not be held.
  if (length > expected)
    throw reader.error(`a constant has ${length} bytes where its shape needs ${expected}`);
  reader.charge(length);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set('source' in part ? part.source.read(part.offset, part.length) : part, at);
    at += part.length;
  }
  return bytes;
}

function filledStrings(
  reader: TfReader,
  values: readonly Uint8Array[],
  count: number,
): readonly Uint8Array[] {
  if (values.length === count) return values;
  if (values.length > count)
    throw reader.error(`a constant has ${values.length} texts where its shape needs ${count}`);
  reader.charge(16 * count);
  const last = values.at(-1) ?? new Uint8Array();
  return [...values, ...Array.from({ length: count - values.length }, () => last)];
}
