/** TensorProto. Weights stay ranges of the file; what is written is raw_data, external data or strings. */
import { UnsupportedError } from '../../base/errors.ts';
import { ELEMENT_TYPES, type ElementType, elementTypeOf, rawByteLength } from '../element-type.ts';
import { MAX_RANK } from '../limits.ts';
import type { ByteRange, StoredTensor, TensorStorage } from '../stored-tensor.ts';
import { lookAtRaw, readRaw } from '../tensor-data.ts';
import type { ByteTarget, WireSink } from './sink.ts';
import { readStringEntry, writeStringEntries } from './string-entries.ts';
import { TypedData } from './typed-data.ts';
import type { WireReader } from './wire-reader.ts';

const EXTERNAL = 1;

/** Everything of a TensorProto that says where its values are. */
interface Values {
  raw: ByteRange | undefined;
  typed: TypedData | undefined;
  strings: Uint8Array[] | undefined;
  external: Map<string, string> | undefined;
  location: number;
}

/**
 * The current message as a tensor.
 * @throws ModelError when its values do not fit its type and dims, or lie where they may not;
 * UnsupportedError for segments and types of a later schema.
 */
export function readTensor(reader: WireReader): StoredTensor {
  const dims: number[] = [];
  const values: Values = {
    raw: undefined,
    typed: undefined,
    strings: undefined,
    external: undefined,
    location: 0,
  };
  let name = '';
  let code = 0;
  let docString = '';
  let metadata: Map<string, string> | undefined;
  let unknown: ByteRange[] | undefined;
  reader.charge(700);
  while (reader.next()) {
    const { field } = reader;
    if (field === 1) reader.integers(dims);
    else if (field === 2) code = reader.integer();
    else if (field === 8) name = reader.string();
    else if (field === 9) values.raw = reader.range();
    else if (TypedData.has(field)) {
      values.typed ??= new TypedData();
      values.typed.add(reader);
    } else if (field === 6) {
      values.strings ??= [];
      values.strings.push(reader.bytes());
    } else if (field === 13) values.external = readStringEntry(reader, values.external);
    else if (field === 14) values.location = reader.integer();
    else if (field === 12) docString = reader.string();
    else if (field === 16) metadata = readStringEntry(reader, metadata);
    else if (field === 3)
      throw new UnsupportedError(`a tensor of '${reader.source.name}' is stored in segments`, {
        where: `byte ${reader.position}`,
        hint: 'No exporter known to us writes them; save the model again with onnx.save.',
      });
    else unknown = reader.unknown(unknown);
  }
  const type = elementTypeOf(code);
  if (type === undefined) {
    if (code === 0) throw reader.error(`tensor '${name}' has no element type`);
    throw new UnsupportedError(`tensor '${name}' has element type ${code}, which is not known`, {
      hint: 'The model was written for a later version of ONNX than IR 14.',
    });
  }
  const count = countElements(reader, name, dims);
  const tensor = { name, type, dims, storage: storageOf(reader, name, type, count, values) };
  if (!docString && !metadata && !unknown) return tensor;
  return {
    ...tensor,
    ...(docString ? { docString } : {}),
    ...(metadata ? { metadata } : {}),
    ...(unknown ? { unknown } : {}),
  };
}

/** The product of dims, which has to be exact, also without its zeros: consumers multiply in any order (CWE-190). */
function countElements(reader: WireReader, name: string, dims: readonly number[]): number {
  let product = 1;
  let isEmpty = false;
  for (const dim of dims) {
    if (dim === 0) isEmpty = true;
    else product *= dim;
    if (dim < 0 || !Number.isSafeInteger(product))
      throw reader.error(`tensor '${name}' has impossible dims`);
  }
  if (dims.length > MAX_RANK) throw reader.error(`tensor '${name}' has ${dims.length} dims`);
  return isEmpty ? 0 : product;
}

function storageOf(
  reader: WireReader,
  name: string,
  type: ElementType,
  count: number,
  { raw, typed, strings, external, location }: Values,
): TensorStorage {
  const expected = rawByteLength(type, count);
  const wrong = (found: string): Error =>
    reader.error(`tensor '${name}' holds ${found}: its type and dims need ${expected} bytes`);
  if (location !== 0 && location !== EXTERNAL)
    throw reader.error(`tensor '${name}' has data location ${location}`);
  if (type === 'string') {
    if (raw?.length || typed || location === EXTERNAL || (strings?.length ?? 0) !== count)
      throw reader.error(`tensor '${name}' does not hold ${count} strings`);
    return { kind: 'strings', values: strings ?? [] };
  }
  if (strings) throw reader.error(`tensor '${name}' is ${type} and holds strings`);
  if (location === EXTERNAL)
    return { kind: 'file', ...reader.files.resolve(name, external ?? new Map(), expected) };
  const ranges = typed?.finish() ?? [];
  if (ranges.length === 0) {
    if ((raw?.length ?? 0) !== expected) throw wrong(`${raw?.length ?? 0} bytes`);
    return raw ? { kind: 'file', range: raw } : { kind: 'memory', bytes: new Uint8Array() };
  }
  if (raw?.length) throw reader.error(`tensor '${name}' has its values twice`);
  if (!typed?.field?.types.includes(type))
    throw reader.error(`tensor '${name}' is ${type} and has values in ${typed?.field?.name}`);
  const field = typed.field.name;
  const length = ranges.reduce((sum, range) => sum + range.length, 0);
  if (field === 'float_data' || field === 'double_data') {
    if (length !== expected) throw wrong(`${length} bytes`);
  } else {
    // Each entry is a varint of one to ten bytes, and holds at least a byte of raw data.
    const width = Math.max(1, ELEMENT_TYPES[type].bits / 8);
    if (length * width < expected || length > 10 * count)
      throw wrong(`${length} bytes of ${field}`);
  }
  return { kind: 'packed', field, ranges };
}

/** The fields of a TensorProto, in the order of their numbers, as protobuf writes them. */
export function writeTensor(sink: WireSink, tensor: StoredTensor): void {
  for (const dim of tensor.dims) sink.integer(1, dim);
  sink.integer(2, ELEMENT_TYPES[tensor.type].code);
  const { storage } = tensor;
  if (storage.kind === 'strings') for (const value of storage.values) sink.bytes(6, value);
  if (tensor.name) sink.string(8, tensor.name);
  const place = storage.kind === 'strings' ? undefined : sink.placeOf(tensor);
  if (storage.kind !== 'strings' && !place) sink.rawData(9, tensor);
  if (tensor.docString) sink.string(12, tensor.docString);
  if (place) {
    const { location, offset, length } = place;
    const entries = { location, offset: String(offset), length: String(length) };
    writeStringEntries(sink, 13, new Map(Object.entries(entries)));
    sink.integer(14, EXTERNAL);
  }
  writeStringEntries(sink, 16, tensor.metadata);
  sink.verbatim(tensor.unknown);
}

/** Bytes of the tensor as raw_data. */
export function payloadLength({ type, dims, storage }: StoredTensor): number {
  switch (storage.kind) {
    case 'memory':
      return storage.bytes.length;
    case 'file':
      return storage.range.length;
    case 'computed':
      return storage.byteLength;
    case 'packed':
      return rawByteLength(
        type,
        dims.reduce((product, dim) => product * dim, 1),
      );
    case 'strings':
      return 0;
  }
}

/** Gives the tensor's raw_data: ranges are copied in chunks, computed bytes made now and forgotten. */
export function streamPayload(tensor: StoredTensor, target: ByteTarget): void {
  const { storage } = tensor;
  if (target.takes?.(tensor)) return;
  if (storage.kind === 'memory') target.write(storage.bytes);
  else if (storage.kind === 'file') target.copy(storage.range);
  else if (storage.kind === 'computed') {
    if (storage.fill) lookAtRaw(tensor, (bytes) => target.write(bytes));
    else target.write(storage.compute());
  } else if (storage.kind === 'packed') {
    // Fixed-width entries already are raw data; varints are decoded, one tensor at a time.
    if (storage.field === 'float_data' || storage.field === 'double_data')
      for (const range of storage.ranges) target.copy(range);
    else target.write(readRaw(tensor));
  }
}
