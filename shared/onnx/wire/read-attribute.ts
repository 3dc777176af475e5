/** AttributeProto, read. */
import { UnsupportedError } from '../../base/errors.ts';
import type { Attribute, AttributeValue, Graph, Int64, SparseTensor, ValueType } from '../model.ts';
import type { ByteRange, StoredTensor } from '../stored-tensor.ts';
import { attributeTypeOf, type HeldType } from './attribute-types.ts';
import { readGraph } from './graph.ts';
import { readSparseTensor } from './sparse-tensor.ts';
import { readTensor } from './tensor.ts';
import { readType } from './type.ts';
import type { WireReader } from './wire-reader.ts';

const SHAREABLE: ReadonlySet<AttributeValue['type']> = new Set([
  'float',
  'int',
  'string',
  'floats',
  'ints',
  'strings',
  'reference',
]);

/**
 * One place for each value field; the type field says which of them counts, and may come last.
 * All are there from the beginning: objects that grow field by field are slow to make.
 */
class Slots {
  float: number | undefined = undefined;
  int: Int64 | undefined = undefined;
  string: Uint8Array | undefined = undefined;
  tensor: StoredTensor | undefined = undefined;
  graph: Graph | undefined = undefined;
  'sparse-tensor': SparseTensor | undefined = undefined;
  type: ValueType | null | undefined = undefined;
  floats: number[] | undefined = undefined;
  ints: Int64[] | undefined = undefined;
  strings: Uint8Array[] | undefined = undefined;
  tensors: StoredTensor[] | undefined = undefined;
  graphs: Graph[] | undefined = undefined;
  'sparse-tensors': SparseTensor[] | undefined = undefined;
  types: ValueType[] | undefined = undefined;

  /** The type that is there, in files that do not say it. */
  get only(): HeldType | undefined {
    const given = Object.entries(this).filter(([, value]) => value !== undefined);
    return given.map(([type]) => type as HeldType)[0];
  }
}

/**
 * The current message as an attribute and its name.
 * @throws ModelError when it has no value; UnsupportedError for a type of a later schema.
 */
export function readAttribute(reader: WireReader): readonly [string, Attribute] {
  const slots = new Slots();
  let name = '';
  let reference = '';
  let code = 0;
  let docString = '';
  let unknown: ByteRange[] | undefined;
  reader.charge(400);
  while (reader.next()) {
    if (reader.field === 1) name = reader.string();
    else if (reader.field === 20) code = reader.integer();
    else if (reader.field === 21) reference = reader.string();
    else if (reader.field === 13) docString = reader.string();
    else if (!readValue(reader, slots)) unknown = reader.unknown(unknown);
  }
  const value = chosenValue(reader, name, slots, code, reference);
  if (!docString && !unknown) return [name, value];
  return [name, { ...value, ...(docString ? { docString } : {}), ...(unknown ? { unknown } : {}) }];
}

/** Whether equal bytes elsewhere mean the same attribute: it holds no tensor, graph or range of the file. */
export function isShareable([, attribute]: readonly [string, Attribute]): boolean {
  return attribute.unknown === undefined && SHAREABLE.has(attribute.type);
}

/** Takes the current field when it is a value field. A message field that comes twice would have to be merged, which no writer asks for: the last one counts. */
function readValue(reader: WireReader, slots: Slots): boolean {
  switch (reader.field) {
    case 2:
      slots.float = reader.float32();
      return true;
    case 3:
      slots.int = reader.int64();
      return true;
    case 4:
      slots.string = reader.bytes();
      return true;
    case 5:
      slots.tensor = reader.message(readTensor);
      return true;
    case 6:
      slots.graph = reader.message(readGraph);
      return true;
    case 7:
      slots.floats = reader.float32s(slots.floats);
      return true;
    case 8:
      slots.ints = reader.int64s(slots.ints);
      return true;
    case 9:
      slots.strings = append(slots.strings, reader.bytes());
      return true;
    case 10:
      slots.tensors = append(slots.tensors, reader.message(readTensor));
      return true;
    case 11:
      slots.graphs = append(slots.graphs, reader.message(readGraph));
      return true;
    case 14:
      slots.type = reader.message(readType);
      return true;
    case 15:
      slots.types = append(slots.types, known(reader, reader.message(readType)));
      return true;
    case 22:
      slots['sparse-tensor'] = reader.message(readSparseTensor);
      return true;
    case 23:
      slots['sparse-tensors'] = append(slots['sparse-tensors'], reader.message(readSparseTensor));
      return true;
    default:
      return false;
  }
}

function chosenValue(
  reader: WireReader,
  name: string,
  slots: Slots,
  code: number,
  reference: string,
): AttributeValue {
  const declared = attributeTypeOf(code);
  if (code !== 0 && declared === undefined) {
    throw new UnsupportedError(`attribute '${name}' has type ${code}, which is not known`, {
      where: `byte ${reader.position}`,
      hint: 'The model was written for a later version of ONNX than IR 14.',
    });
  }
  if (reference !== '') {
    if (declared === undefined) throw reader.error(`attribute '${name}' has no type`);
    return { type: 'reference', value: reference, of: declared };
  }
  // Files of IR 1 leave the type out: then the field that is there says it.
  const type = declared ?? slots.only;
  if (type === undefined) throw reader.error(`attribute '${name}' has no value`);
  switch (type) {
    // proto3 writers leave zeros and empty lists out.
    case 'float':
      return { type, value: slots.float ?? 0 };
    case 'int':
      return { type, value: slots.int ?? 0 };
    case 'string':
      return { type, value: slots.string ?? new Uint8Array() };
    case 'tensor':
      return { type, value: known(reader, slots.tensor, name) };
    case 'graph':
      return { type, value: known(reader, slots.graph, name) };
    case 'sparse-tensor':
      return { type, value: known(reader, slots['sparse-tensor'], name) };
    case 'type':
      return { type, value: known(reader, slots.type, name) };
    case 'floats':
      return { type, value: slots.floats ?? [] };
    case 'ints':
      return { type, value: slots.ints ?? [] };
    case 'strings':
      return { type, value: slots.strings ?? [] };
    case 'tensors':
      return { type, value: slots.tensors ?? [] };
    case 'graphs':
      return { type, value: slots.graphs ?? [] };
    case 'sparse-tensors':
      return { type, value: slots['sparse-tensors'] ?? [] };
    case 'types':
      return { type, value: slots.types ?? [] };
  }
}

function known<T>(reader: WireReader, value: T | null | undefined, name = ''): T {
  if (value === null || value === undefined)
    throw reader.error(`attribute '${name}' lacks the value that its type announces`);
  return value;
}

function append<T>(list: T[] | undefined, item: T): T[] {
  if (!list) return [item];
  list.push(item);
  return list;
}
