/**
 * Reads protobuf fields from a source through a window, so that a message of any size is walked
 * without being held. Every length is checked against the message around it before it is used.
 *
 * Source: protobuf encoding guide, wire types 0, 1, 2 and 5 (groups are refused).
 */
import { ModelError } from '../../base/errors.ts';
import type { Int64 } from '../model.ts';
import type { ByteRange, ByteSource } from '../stored-tensor.ts';

/** Enough for the headers of many nodes at once; small enough to waste little when weights are skipped. */
const WINDOW = 1 << 16;

/** Bodies nest If in Loop in If; 64 is far above any real model and far below the stack (CWE-674). */
const MAX_DEPTH = 64;

/** A string longer than this is no name and no doc string, but an attack on memory (CWE-789). */
const MAX_STRING = 1 << 26;

export interface Field {
  readonly number: number;
  readonly wireType: 0 | 1 | 2 | 5;
  /** Where the key starts. */
  readonly start: number;
  /** Where the payload ends. */
  readonly end: number;
}

/** A cursor over one source. `position` stands at the payload of the field that `fields` gave last. */
export class Scanner {
  readonly source: ByteSource;
  position = 0;
  #window: Uint8Array = new Uint8Array();
  #windowStart = 0;
  #depth = 0;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** The fields of the message that ends at `end`, in file order. What the caller leaves unread is skipped. */
  *fields(end: number): IterableIterator<Field> {
    if (++this.#depth > MAX_DEPTH)
      throw this.error(`messages are nested more than ${MAX_DEPTH} deep`);
    while (this.position < end) {
      const start = this.position;
      const key = this.unsigned(end);
      const number = Math.floor(key / 8);
      const wireType = key % 8;
      if (number === 0) throw this.error('a field has number 0');
      let fieldEnd: number;
      if (wireType === 0) fieldEnd = this.#varintEnd(end);
      else if (wireType === 1) fieldEnd = this.position + 8;
      else if (wireType === 5) fieldEnd = this.position + 4;
      else if (wireType === 2) {
        const length = this.unsigned(end);
        fieldEnd = this.position + length;
      } else throw this.error(`field ${number} has wire type ${wireType}`);
      if (fieldEnd > end)
        throw this.error(`field ${number} ends ${fieldEnd - end} bytes behind its message`);
      yield { number, wireType, start, end: fieldEnd };
      this.position = fieldEnd;
    }
    this.#depth--;
  }

  /** A varint as an unsigned length or key. @throws ModelError when it does not fit 53 bits. */
  unsigned(end: number): number {
    const value = this.int64(end);
    if (typeof value === 'bigint' || value < 0)
      throw this.error(`a length or key of ${value} is out of range`);
    return value;
  }

  /** A varint as a signed int64: a number while that is exact. */
  int64(end: number): Int64 {
    const at = this.#load(10, end);
    const { bytes, offset, available } = at;
    let low = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      if (i >= available) throw this.error('a varint is cut off');
      const byte = bytes[offset + i] ?? 0;
      if (i < 7) {
        low += (byte & 127) * factor;
        factor *= 128;
        if (byte < 128) {
          this.position += i + 1;
          return low;
        }
      } else {
        return this.#wide(bytes, offset, available);
      }
    }
    throw this.error('a varint has more than ten bytes');
  }

  /** The int32 in a varint: what an enum or a type code is. */
  int32(end: number): number {
    const value = this.int64(end);
    return Number(BigInt.asIntN(32, BigInt(value)));
  }

  float(): number {
    const { bytes, offset } = this.#exactly(4);
    this.position += 4;
    return new DataView(bytes.buffer, bytes.byteOffset + offset, 4).getFloat32(0, true);
  }

  /** The payload up to `end`, copied. */
  bytes(end: number): Uint8Array {
    const length = end - this.position;
    if (length > MAX_STRING)
      throw this.error(`a string has ${length} bytes: at most ${MAX_STRING} are allowed`);
    const { bytes, offset } = this.#exactly(length);
    this.position = end;
    return new Uint8Array(bytes.subarray(offset, offset + length));
  }

  /** The payload up to `end` as UTF-8. */
  string(end: number): string {
    const length = end - this.position;
    if (length > MAX_STRING)
      throw this.error(`a string has ${length} bytes: at most ${MAX_STRING} are allowed`);
    const { bytes, offset } = this.#exactly(length);
    this.position = end;
    return Buffer.from(bytes.buffer, bytes.byteOffset + offset, length).toString('utf8');
  }

  /** The payload up to `end`, left where it is. */
  range(end: number): ByteRange {
    const range = { source: this.source, offset: this.position, length: end - this.position };
    this.position = end;
    return range;
  }

  /** The whole field, key included, copied: for fields that the schema does not know. */
  raw(field: Field): Uint8Array {
    this.position = field.start;
    return this.bytes(field.end);
  }

  error(what: string): ModelError {
    return new ModelError(`'${this.source.name}' is no valid ONNX file: ${what}`, {
      where: `byte ${this.position}`,
      hint: 'The file is damaged or of another format; export or download it again.',
    });
  }

  #varintEnd(end: number): number {
    const { bytes, offset, available } = this.#load(10, end);
    for (let i = 0; i < available; i++)
      if ((bytes[offset + i] ?? 0) < 128) return this.position + i + 1;
    throw this.error('a varint is cut off or has more than ten bytes');
  }

  #wide(bytes: Uint8Array, offset: number, available: number): Int64 {
    let value = 0n;
    for (let i = 0; i < 10; i++) {
      if (i >= available) throw this.error('a varint is cut off');
      const byte = bytes[offset + i] ?? 0;
      value |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte < 128) {
        this.position += i + 1;
        const signed = BigInt.asIntN(64, value);
        const number = Number(signed);
        return Number.isSafeInteger(number) ? number : signed;
      }
    }
    throw this.error('a varint has more than ten bytes');
  }

  #exactly(length: number): { bytes: Uint8Array; offset: number } {
    const { bytes, offset, available } = this.#load(length, Number.POSITIVE_INFINITY);
    if (available < length) throw this.error('the file is truncated');
    return { bytes, offset };
  }

  /** Makes at least `wanted` bytes from `position` available, fewer at the end of the message or source. */
  #load(wanted: number, end: number): { bytes: Uint8Array; offset: number; available: number } {
    const limit = Math.min(end, this.source.size);
    const available = Math.max(0, Math.min(wanted, limit - this.position));
    const offset = this.position - this.#windowStart;
    if (offset < 0 || offset + available > this.#window.length) {
      const length = Math.min(Math.max(WINDOW, available), this.source.size - this.position);
      this.#window = this.source.read(this.position, Math.max(0, length));
      this.#windowStart = this.position;
      return { bytes: this.#window, offset: 0, available };
    }
    return { bytes: this.#window, offset, available };
  }
}
