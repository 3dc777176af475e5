/** ONNX files as protobufjs sees them, in a form in which equal models are equal objects. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { ROOT } from '../architecture/sources.ts';

const schema: protobuf.INamespace = JSON.parse(
  readFileSync(join(ROOT, 'test/fixtures/onnx-schema/onnx-ml.json'), 'utf8'),
);
const root = protobuf.Root.fromJSON(schema);

/** A decoded message: fields by name, absent ones with their defaults. */
export type Message = { [field: string]: unknown };

/** Encodes a message given by field names, for files that no exporter would write. */
export function encodeMessage(type: string, message: Message): Uint8Array {
  const codec = root.lookupType(`onnx.${type}`);
  return Uint8Array.from(codec.encode(codec.fromObject(message)).finish());
}

/** Bytes of any message as an object of the fields that are in it. */
export function decodePlain(type: string, bytes: Uint8Array): Message {
  const codec = root.lookupType(`onnx.${type}`);
  return codec.toObject(codec.decode(bytes), {
    longs: Number,
    enums: Number,
  });
}

/**
 * The file as an object. What two writers may say differently is made equal: typed values become
 * raw_data, `ai.onnx` the empty domain, a dimension of −1 or '' an unknown one, the type of an
 * attribute that leaves it out the one of its value, an empty type none; repeated names keep their
 * last entry.
 */
export function decodeMessage(bytes: Uint8Array): Message {
  const type = root.lookupType('onnx.ModelProto');
  const message: Message = type.toObject(type.decode(bytes), {
    longs: String,
    enums: Number,
    defaults: true,
    arrays: true,
  });
  normalize(message);
  return message;
}

function normalize(value: unknown): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      if (ArrayBuffer.isView(item)) value[index] = textOf(item);
      else normalize(item);
    });
    return;
  }
  if (!isMessage(value)) return;
  if ('data_type' in value) normalizeTensor(value);
  if (value.domain === 'ai.onnx') value.domain = '';
  if (Number(value.dim_value) < 0) delete value.dim_value;
  if (value.dim_param === '') delete value.dim_param;
  if (value.type === 0 && 'ref_attr_name' in value) value.type = typeOfValue(value);
  if (isMessage(value.type) && Object.keys(value.type).join() === 'denotation') value.type = null;
  for (const field of ['value_info', 'metadata_props']) {
    const list = value[field];
    if (Array.isArray(list)) value[field] = lastOfEachName(list);
  }
  for (const [field, part] of Object.entries(value)) {
    if (ArrayBuffer.isView(part)) value[field] = textOf(part);
    else normalize(part);
  }
}

/** Comparing millions of array elements one by one would take minutes. */
function textOf(view: ArrayBufferView): string {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('latin1');
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

function lastOfEachName(list: readonly Message[]): unknown[] {
  return [...new Map(list.map((item) => [item.name ?? item.key, item])).values()];
}

function typeOfValue(attribute: Message): number {
  const lists: readonly (readonly [string, number])[] = [
    ['floats', 6],
    ['ints', 7],
    ['strings', 8],
    ['tensors', 9],
    ['graphs', 10],
  ];
  const found = lists.find(([field]) => (attribute[field] as unknown[]).length > 0);
  if (found) return found[1];
  if (attribute.t !== null) return 4;
  if (attribute.g !== null) return 5;
  if (attribute.f !== 0) return 1;
  return (attribute.s as Uint8Array).length > 0 ? 3 : 2;
}

/** Bytes of one raw element, by the code of its type, where typed fields may hold it. */
const INT32_WIDTH: Readonly<Record<number, number>> = { 4: 2, 5: 2, 6: 4, 10: 2, 16: 2 };

/** Written apart from the codec on purpose. Source: comments of TensorProto, onnx.proto. */
function normalizeTensor(tensor: Message): void {
  const numbers = (field: string): readonly (number | string)[] =>
    tensor[field] as (number | string)[];
  const parts: Buffer[] = [Buffer.from(tensor.raw_data as Uint8Array)];
  const type = tensor.data_type as number;
  const element = (size: number, write: (buffer: Buffer) => void): void => {
    const buffer = Buffer.alloc(size);
    write(buffer);
    parts.push(buffer);
  };
  for (const value of numbers('float_data')) element(4, (b) => b.writeFloatLE(Number(value)));
  for (const value of numbers('double_data')) element(8, (b) => b.writeDoubleLE(Number(value)));
  for (const value of numbers('int64_data')) element(8, (b) => b.writeBigInt64LE(BigInt(value)));
  for (const value of numbers('uint64_data')) {
    if (type === 12) element(4, (b) => b.writeUInt32LE(Number(value)));
    else element(8, (b) => b.writeBigUInt64LE(BigInt(value)));
  }
  const width = INT32_WIDTH[type] ?? 1;
  for (const value of numbers('int32_data')) {
    element(4, (b) => b.writeInt32LE(Number(value)));
    parts[parts.length - 1] = parts[parts.length - 1]?.subarray(0, width) ?? Buffer.alloc(0);
  }
  const raw = Buffer.concat(parts);
  for (const field of ['float_data', 'double_data', 'int64_data', 'uint64_data', 'int32_data'])
    delete tensor[field];
  tensor.raw_data = raw;
}
