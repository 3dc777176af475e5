/** TypeProto and TensorShapeProto. */
import { assertNever } from '../../base/brand.ts';
import { ELEMENT_TYPES, type ElementType, elementTypeOf } from '../element-type.ts';
import type { Dim, TypeExtras, UnknownFields, ValueType } from '../model.ts';
import type { ByteRange } from '../stored-tensor.ts';
import type { WireSink } from './sink.ts';
import type { WireReader } from './wire-reader.ts';

type Extras = { -readonly [Key in keyof TypeExtras]: TypeExtras[Key] };
type TensorType = Extract<ValueType, { kind: 'tensor' | 'sparse-tensor' }>;

/** The current message as a type; `null` when it says nothing. */
export function readType(reader: WireReader): ValueType | null {
  const start = reader.position;
  let type: ValueType | undefined;
  let unknown: ByteRange[] | undefined;
  let isUnknown = false;
  reader.charge(200);
  while (reader.next()) {
    const { field } = reader;
    let found: ValueType | undefined;
    if (field === 1) found = reader.message(readTensorType);
    else if (field === 8) found = reader.message(readSparseType);
    else if (field === 4) found = reader.message(readSequence);
    else if (field === 9) found = reader.message(readOptional);
    else if (field === 5) found = reader.message(readMap);
    else {
      unknown = reader.unknown(unknown);
      // Denotation (6) is said beside a kind; Opaque (7) and whatever comes later are kinds.
      if (field !== 6) isUnknown = true;
      continue;
    }
    if (found === undefined) isUnknown = true;
    type = found;
  }
  if (isUnknown) return { kind: 'unknown', encoded: reader.since(start) };
  if (type && unknown && type.kind !== 'unknown')
    return { ...type, extras: { ...type.extras, type: unknown } };
  return type ?? null;
}

function readTensorType(reader: WireReader): ValueType | undefined {
  return readShaped(reader, 'tensor');
}

function readSparseType(reader: WireReader): ValueType | undefined {
  return readShaped(reader, 'sparse-tensor');
}

/** TypeProto.Tensor or SparseTensor; `undefined` when its element type is not known. */
function readShaped(reader: WireReader, kind: TensorType['kind']): ValueType | undefined {
  let elementType: ElementType | undefined;
  let shape: readonly Dim[] | null = null;
  let extras: Extras | undefined;
  let inner: ByteRange[] | undefined;
  while (reader.next()) {
    if (reader.field === 1) elementType = elementTypeOf(reader.integer());
    else if (reader.field === 2) [shape, extras] = reader.message(readShape);
    else inner = reader.unknown(inner);
  }
  if (inner) extras = { ...extras, inner };
  return elementType && { kind, elementType, shape, ...(extras ? { extras } : {}) };
}

function readShape(reader: WireReader): [Dim[], Extras | undefined] {
  const shape: Dim[] = [];
  const dims = new Map<number, UnknownFields>();
  let unknown: ByteRange[] | undefined;
  while (reader.next()) {
    if (reader.field === 1) {
      const [dim, rest] = reader.message(readDim);
      if (rest) {
        reader.charge(200);
        dims.set(shape.length, rest);
      }
      reader.charge(24);
      shape.push(dim);
    } else unknown = reader.unknown(unknown);
  }
  const extras: Extras = {};
  if (unknown) extras.shape = unknown;
  if (dims.size > 0) extras.dims = dims;
  return [shape, unknown || dims.size > 0 ? extras : undefined];
}

/** A negative size (some exporters write −1) and an empty name both say that nothing is known. */
function readDim(reader: WireReader): [Dim, UnknownFields | undefined] {
  let dim: Dim = null;
  let unknown: ByteRange[] | undefined;
  while (reader.next()) {
    if (reader.field === 1) {
      const size = reader.integer();
      dim = size < 0 ? null : size;
    } else if (reader.field === 2) dim = reader.string() || null;
    else unknown = reader.unknown(unknown);
  }
  return [dim, unknown];
}

function readSequence(reader: WireReader): ValueType | undefined {
  return readNested(reader, 'sequence');
}

function readOptional(reader: WireReader): ValueType | undefined {
  return readNested(reader, 'optional');
}

function readNested(reader: WireReader, kind: 'sequence' | 'optional'): ValueType | undefined {
  let element: ValueType | null = null;
  let inner: ByteRange[] | undefined;
  while (reader.next()) {
    if (reader.field === 1) element = reader.message(readType);
    else inner = reader.unknown(inner);
  }
  return element ? { kind, element, ...(inner ? { extras: { inner } } : {}) } : undefined;
}

function readMap(reader: WireReader): ValueType | undefined {
  let key: ElementType | undefined;
  let value: ValueType | null = null;
  let inner: ByteRange[] | undefined;
  while (reader.next()) {
    if (reader.field === 1) key = elementTypeOf(reader.integer());
    else if (reader.field === 2) value = reader.message(readType);
    else inner = reader.unknown(inner);
  }
  return key && value
    ? { kind: 'map', key, value, ...(inner ? { extras: { inner } } : {}) }
    : undefined;
}

/** The fields of a TypeProto. */
export function writeType(sink: WireSink, type: ValueType): void {
  switch (type.kind) {
    case 'tensor':
      sink.message(1, writeShaped, type);
      break;
    case 'sparse-tensor':
      sink.message(8, writeShaped, type);
      break;
    case 'sequence':
      sink.message(4, writeNested, type);
      break;
    case 'optional':
      sink.message(9, writeNested, type);
      break;
    case 'map':
      sink.message(5, writeMap, type);
      break;
    case 'unknown':
      sink.encoded(type.encoded);
      return;
    default:
      assertNever(type);
  }
  sink.verbatim(type.extras?.type);
}

function writeShaped(sink: WireSink, type: TensorType): void {
  sink.integer(1, ELEMENT_TYPES[type.elementType].code);
  if (type.shape) sink.message(2, writeShape, type);
  sink.verbatim(type.extras?.inner);
}

function writeShape(sink: WireSink, { shape, extras }: TensorType): void {
  shape?.forEach((dim, index) => {
    sink.message(1, writeDim, { dim, rest: extras?.dims?.get(index) });
  });
  sink.verbatim(extras?.shape);
}

function writeDim(
  sink: WireSink,
  { dim, rest }: { readonly dim: Dim; readonly rest: UnknownFields | undefined },
): void {
  if (typeof dim === 'number') sink.integer(1, dim);
  else if (dim !== null) sink.string(2, dim);
  sink.verbatim(rest);
}

function writeNested(
  sink: WireSink,
  type: Extract<ValueType, { kind: 'sequence' | 'optional' }>,
): void {
  sink.message(1, writeType, type.element);
  sink.verbatim(type.extras?.inner);
}

function writeMap(sink: WireSink, type: Extract<ValueType, { kind: 'map' }>): void {
  sink.integer(1, ELEMENT_TYPES[type.key].code);
  sink.message(2, writeType, type.value);
  sink.verbatim(type.extras?.inner);
}
