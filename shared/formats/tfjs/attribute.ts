/**
 * Attributes of nodes as model.json has them: protobuf messages in JSON. 64-bit integers are texts, bytes
 * base64, and what has its default value is left out.
 *
 * Source: tensorflow/core/framework/attr_value.proto; the JSON mapping of proto3.
 */
import { ModelError } from '../../base/errors.ts';
import { MAX_RANK } from '../../onnx/limits.ts';
import type { Shape } from '../build/dims.ts';
import { isObject } from '../keras/config.ts';
import type { Json, JsonObject } from '../keras/layer.ts';
import { typeOfName, typeOfNumber } from '../tf/data-type.ts';
import type { TfAttribute, TfType } from '../tf/tf-graph.ts';
import { arrayAt, objectAt, textAt } from './json.ts';

/** `undefined` for one without a counterpart here: the value of a constant, which lies with the weights. */
export function attributeOf(json: Json | undefined, where: string): TfAttribute | undefined {
  const attribute = objectAt(json, where);
  const key = Object.keys(attribute)[0];
  if (key === undefined) return undefined;
  if (key === 'list') return { kind: 'list', value: listOf(attribute, where) };
  return READERS.get(key)?.(attribute[key], where);
}

type Reader = (value: Json | undefined, where: string) => TfAttribute;

/** By the field of AttrValue. Of functions the name is read, not what they are called with. */
const READERS = new Map<string, Reader>(
  Object.entries({
    i: (value, where) => ({ kind: 'int', value: integerOf(value, where) }),
    f: (value, where) => ({ kind: 'float', value: floatOf(value, where) }),
    b: (value) => ({ kind: 'bool', value: value === true }),
    s: (value, where) => ({ kind: 'string', value: bytesAsText(value, where) }),
    type: (value) => ({ kind: 'type', value: typeOf(value) }),
    shape: (value, where) => ({ kind: 'shape', value: shapeOf(value, where) }),
    func: (value, where) => ({
      kind: 'function',
      value: textAt(objectAt(value, where).name, `the function of ${where}`),
    }),
  } satisfies Record<string, Reader>),
);

/** The repeated fields of AttrValue.ListValue have the names of the single ones; one of them is filled. */
function listOf(attribute: JsonObject, where: string): readonly TfAttribute[] {
  const [entry] = Object.entries(objectAt(attribute.list, where));
  if (!entry) return [];
  const [key, items] = entry;
  const read = READERS.get(key);
  return arrayAt(items, where).flatMap((item) => read?.(item, where) ?? []);
}

/** A data type by name or, as old converters wrote it, by number. */
export const typeOf = (value: Json | undefined): TfType =>
  typeof value === 'number' ? typeOfNumber(value) : typeOfName(String(value));

/** `null` for an unknown rank. @throws ModelError for a size that is none */
export function shapeOf(value: Json | undefined, where: string): Shape | null {
  if (value === undefined || value === null) return null;
  const shape = objectAt(value, where);
  if (shape.unknownRank === true) return null;
  const dims = arrayAt(shape.dim, where);
  if (dims.length > MAX_RANK) throw new ModelError(`${where} has ${dims.length} axes`);
  return dims.map((dim) => {
    const size = integerOf(isObject(dim) ? (dim.size ?? 0) : dim, where);
    return size < 0 ? null : size;
  });
}

function integerOf(value: Json | undefined, where: string): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number)) return number;
  throw new ModelError(`${where} holds ${JSON.stringify(value)} where an integer is wanted`);
}

/** Infinity and NaN are texts. */
function floatOf(value: Json | undefined, where: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN') return Number.NaN;
  const number = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
  if (!Number.isNaN(number)) return number;
  throw new ModelError(`${where} holds ${JSON.stringify(value)} where a number is wanted`);
}

/** Bytes in base64 or, from protobuf.js, as a list of numbers. UTF-8, or else Latin-1. */
function bytesAsText(value: Json | undefined, where: string): string {
  const bytes = Array.isArray(value)
    ? Buffer.from(value.map(Number))
    : Buffer.from(textAt(value, where), 'base64');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
