/**
 * Contents of tensors as text and back: numbers where those say every bit, hex where not (NaN with a
 * payload, exotic types), a digest where there are too many.
 */
import { createHash } from 'node:crypto';
import { ModelError } from '../../base/errors.ts';
import {
  fromBfloat16Bits,
  fromFloat16Bits,
  toBfloat16Bits,
  toFloat16Bits,
} from '../../base/float16.ts';
import { ELEMENT_TYPES, type ElementType, rawByteLength } from '../element-type.ts';
import type { StoredTensor } from '../stored-tensor.ts';
import { elementCount, readRaw } from '../tensor-data.ts';
import { bytesText, floatText, hexText } from './words.ts';

/** One element type as numbers in text. `width` in bytes; `null` codecs are written in hex. */
interface Codec {
  readonly width: number;
  readonly get: (view: DataView, offset: number) => string;
  readonly set: (view: DataView, offset: number, text: string) => void;
}

const integer = (
  width: number,
  get: (view: DataView, offset: number) => number | bigint,
  set: (view: DataView, offset: number, value: number) => void,
): Codec => ({
  width,
  get: (view, offset) => String(get(view, offset)),
  set: (view, offset, text) => set(view, offset, Number(text)),
});

const half = (fromBits: (bits: number) => number, toBits: (value: number) => number): Codec => ({
  width: 2,
  get: (view, offset) => floatText(fromBits(view.getUint16(offset, true))),
  set: (view, offset, text) => view.setUint16(offset, toBits(numberOf(text)), true),
});

const CODECS: Partial<Readonly<Record<ElementType, Codec>>> = {
  float32: {
    width: 4,
    get: (view, offset) => floatText(view.getFloat32(offset, true)),
    set: (view, offset, text) => view.setFloat32(offset, numberOf(text), true),
  },
  float64: {
    width: 8,
    get: (view, offset) => floatText(view.getFloat64(offset, true), 64),
    set: (view, offset, text) => view.setFloat64(offset, numberOf(text), true),
  },
  float16: half(fromFloat16Bits, toFloat16Bits),
  bfloat16: half(fromBfloat16Bits, toBfloat16Bits),
  int8: integer(
    1,
    (view, at) => view.getInt8(at),
    (view, at, value) => view.setInt8(at, value),
  ),
  uint8: integer(
    1,
    (view, at) => view.getUint8(at),
    (view, at, value) => view.setUint8(at, value),
  ),
  bool: integer(
    1,
    (view, at) => view.getUint8(at),
    (view, at, value) => view.setUint8(at, value),
  ),
  int16: integer(
    2,
    (view, at) => view.getInt16(at, true),
    (view, at, value) => view.setInt16(at, value, true),
  ),
  uint16: integer(
    2,
    (view, at) => view.getUint16(at, true),
    (view, at, value) => view.setUint16(at, value, true),
  ),
  int32: integer(
    4,
    (view, at) => view.getInt32(at, true),
    (view, at, value) => view.setInt32(at, value, true),
  ),
  uint32: integer(
    4,
    (view, at) => view.getUint32(at, true),
    (view, at, value) => view.setUint32(at, value, true),
  ),
  int64: {
    width: 8,
    get: (view, offset) => String(view.getBigInt64(offset, true)),
    set: (view, offset, text) => view.setBigInt64(offset, BigInt(text), true),
  },
  uint64: {
    width: 8,
    get: (view, offset) => String(view.getBigUint64(offset, true)),
    set: (view, offset, text) => view.setBigUint64(offset, BigInt(text), true),
  },
};

/** The contents in braces, or `sha256"…"` (16 hex digits) for more than `maxElements`. */
export function contentsText(tensor: StoredTensor, maxElements: number): string {
  const { storage, type } = tensor;
  if (storage.kind === 'strings') {
    if (storage.values.length <= maxElements)
      return `{${storage.values.map(bytesText).join(', ')}}`;
    return digestText(storage.values);
  }
  const raw = readRaw(tensor);
  const count = elementCount(tensor);
  if (count > maxElements) return digestText([raw]);
  if (count === 0) return '{}';
  const values = numbersText(type, raw, count);
  return values ? `{${values.join(', ')}}` : `{${hexText(raw)}}`;
}

/** Raw bytes from the texts of the elements. @throws ModelError when their number or one of them does not fit. */
export function rawFromTexts(
  type: ElementType,
  count: number,
  texts: readonly string[],
): Uint8Array {
  if (texts.length !== count)
    throw new ModelError(`${texts.length} elements are given, the dims say ${count}`);
  const raw = new Uint8Array(rawByteLength(type, count));
  const view = new DataView(raw.buffer);
  const bits = ELEMENT_TYPES[type].bits;
  const codec = CODECS[type];
  texts.forEach((text, index) => {
    if (codec) codec.set(view, index * codec.width, text);
    else if (isSubByteInteger(type)) {
      const place = (index * bits) % 8;
      const at = Math.floor((index * bits) / 8);
      raw[at] = (raw[at] ?? 0) | ((Number(text) & ((1 << bits) - 1)) << place);
    } else throw new ModelError(`${type} elements are written in hex`);
  });
  return raw;
}

function numbersText(type: ElementType, raw: Uint8Array, count: number): string[] | undefined {
  const codec = CODECS[type];
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  let texts: string[];
  if (codec) texts = Array.from({ length: count }, (_, i) => codec.get(view, i * codec.width));
  else if (isSubByteInteger(type)) texts = subByteTexts(type, raw, count);
  else return undefined;
  // Bits that no number tells (payloads of NaN, padding) must not be lost.
  return Buffer.compare(rawFromTexts(type, count, texts), raw) === 0 ? texts : undefined;
}

function subByteTexts(type: ElementType, raw: Uint8Array, count: number): string[] {
  const { bits } = ELEMENT_TYPES[type];
  const sign = type.startsWith('i') ? 1 << (bits - 1) : 0;
  return Array.from({ length: count }, (_, i) => {
    const code = ((raw[Math.floor((i * bits) / 8)] ?? 0) >>> ((i * bits) % 8)) & ((1 << bits) - 1);
    return String((code ^ sign) - sign);
  });
}

function isSubByteInteger(type: ElementType): boolean {
  return type === 'int4' || type === 'uint4' || type === 'int2' || type === 'uint2';
}

function numberOf(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  if (text === '-inf') return Number.NEGATIVE_INFINITY;
  return text === 'nan' ? Number.NaN : Number(text);
}

function digestText(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return `sha256"${hash.digest('hex').slice(0, 16)}"`;
}
