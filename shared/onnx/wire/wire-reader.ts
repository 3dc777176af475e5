/**
 * Reads protobuf messages field by field. What is skipped is not read; every length is checked
 * against the message around it before it is used; whatever is kept is charged to a budget.
 *
 * Source: protobuf encoding guide. Wire types 0, 1, 2 and 5; groups (3, 4) are refused.
 */
import type { ExternalFiles } from '../external-data.ts';
import { MAX_MESSAGE_DEPTH, MAX_STRING_BYTES } from '../limits.ts';
import type { Attribute, Int64 } from '../model.ts';
import type { ByteRange, ByteSource } from '../stored-tensor.ts';
import { ByteCache } from './byte-cache.ts';
import { WireCursor } from './wire-cursor.ts';

/** Longer messages are not looked up in a cache. */
const MAX_SHARED = 96;

/**
 * What things are charged, measured so that no file takes a second or 200 MB before it is refused.
 * A field costs something even if it leaves nothing behind; an entry of a list costs twice its size
 * and more, because the list is copied while it grows.
 */
const CHARGES = {
  field: 16,
  reference: 16,
  string: 64,
  listEntry: 32,
  bigint: 40,
  range: 150,
  bytes: 400,
};

export const WireType = { varint: 0, fixed64: 1, length: 2, fixed32: 5 } as const;

/** A cursor over one source; `field` and `wireType` are those of the field that {@link next} found. */
export class WireReader extends WireCursor {
  readonly files: ExternalFiles;
  field = 0;
  wireType = 0;
  /** Where the key of the current field begins in the source. */
  fieldStart = 0;
  #depth = 0;
  /** Attributes of few bytes, which recur from node to node. */
  readonly attributes: ByteCache<readonly [string, Attribute]>;
  readonly #strings: ByteCache<string>;
  /** The range that {@link unknown} made last, which grows by fields that follow it. */
  #lastKept: { readonly source: ByteSource; readonly offset: number; length: number } | undefined;

  constructor(source: ByteSource, files: ExternalFiles) {
    super(source);
    this.files = files;
    this.attributes = new ByteCache(source.size);
    this.#strings = new ByteCache(source.size);
  }

  /** Goes to the next field of the current message; `false` at its end. Its content must be read or skipped. */
  next(): boolean {
    if (this.at >= this.end) return false;
    this.fieldStart = this.position;
    const key = this.unsigned();
    this.wireType = key & 7;
    this.field = key >>> 3;
    if (this.field === 0 || key > 0xffffffff) throw this.error(`a field has the key ${key}`);
    this.charge(CHARGES.field);
    return true;
  }

  /** The varint of the current field as int64. */
  int64(): Int64 {
    this.#expect(WireType.varint);
    return this.signed();
  }

  /** The varint of the current field, which has to be exact in a number. */
  integer(): number {
    return this.#exact(this.int64());
  }

  float32(): number {
    this.#expect(WireType.fixed32);
    return this.#float32();
  }

  /** The list with the int64 of the current field, or all of a packed one, added. */
  int64s(known: Int64[] | undefined): Int64[] {
    const list = known ?? [];
    const add = (): void => {
      this.charge(CHARGES.listEntry);
      const value = this.signed();
      if (typeof value === 'bigint') this.charge(CHARGES.bigint);
      list.push(value);
    };
    if (this.wireType === WireType.varint) add();
    else this.#packed(add);
    return list;
  }

  /** Likewise for integers that have to be exact in numbers. */
  integers(list: number[]): void {
    const add = (): void => {
      this.charge(CHARGES.listEntry);
      list.push(this.#exact(this.signed()));
    };
    if (this.wireType === WireType.varint) add();
    else this.#packed(add);
  }

  /** Likewise for float32. */
  float32s(known: number[] | undefined): number[] {
    const list = known ?? [];
    const add = (): void => {
      this.charge(CHARGES.listEntry);
      list.push(this.#float32());
    };
    if (this.wireType === WireType.fixed32) add();
    else this.#packed(add);
    return list;
  }

  /** The content of the current field as UTF-8. */
  string(): string {
    const length = this.#stringLength();
    this.charge(CHARGES.reference);
    if (length === 0) return '';
    this.load(length);
    const start = this.at;
    this.at += length;
    const place = this.#strings.placeOf(this.window, start, this.at);
    const known = this.#strings.find(place, this.window, start, this.at);
    if (known !== undefined) return known;
    this.charge(CHARGES.string + length);
    const text = this.window.toString('utf8', start, this.at);
    // U+FFFD stands for bytes that are no UTF-8, unless the file itself holds it.
    if (text.includes('\ufffd') && !Buffer.from(text).equals(this.window.subarray(start, this.at)))
      throw this.error('a string is not UTF-8');
    this.#strings.keep(place, this.window, start, this.at, text);
    return text;
  }

  /** The content of the current field, copied. */
  bytes(): Uint8Array {
    const length = this.#stringLength();
    this.charge(CHARGES.bytes + length);
    this.load(length);
    const copy = new Uint8Array(length);
    copy.set(this.window.subarray(this.at, this.at + length));
    this.at += length;
    return copy;
  }

  /** The content of the current field, left where it is. */
  range(): ByteRange {
    const length = this.#length();
    this.charge(CHARGES.range);
    const range = { source: this.source, offset: this.position, length };
    this.at += length;
    return range;
  }

  /** Leaves the current field, of whatever wire type, unread. */
  skip(): void {
    if (this.wireType === WireType.varint) this.varint();
    else if (this.wireType === WireType.length) {
      const length = this.#length();
      this.at += length;
    } else if (this.wireType === WireType.fixed32) this.#advance(4);
    else if (this.wireType === WireType.fixed64) this.#advance(8);
    else throw this.error(`field ${this.field} has wire type ${this.wireType}`);
  }

  /** The encoded content of a varint or fixed-width field; a view that the next call may overwrite. */
  scalar(): Uint8Array {
    if (this.wireType === WireType.length)
      throw this.error(`field ${this.field} has wire type ${this.wireType}`);
    this.load(10);
    const start = this.at;
    this.skip();
    return this.window.subarray(start, this.at);
  }

  /** Keeps the current field, key included, as a range; neighbours become one. */
  unknown(known: ByteRange[] | undefined): ByteRange[] {
    const offset = this.fieldStart;
    this.skip();
    const length = this.position - offset;
    const list = known ?? [];
    const last = this.#lastKept;
    if (last && last === list.at(-1) && last.offset + last.length === offset) last.length += length;
    else {
      this.charge(CHARGES.range);
      this.#lastKept = { source: this.source, offset, length };
      list.push(this.#lastKept);
    }
    return list;
  }

  /** The current field as a message of its own: `read` has to call {@link next} until it is `false`. */
  message<T>(read: (reader: WireReader) => T): T {
    const length = this.#length();
    if (++this.#depth > MAX_MESSAGE_DEPTH)
      throw this.error(`messages are nested more than ${MAX_MESSAGE_DEPTH} deep`);
    // The window may move while the message is read: its ends are remembered in the source.
    const outerEnd = this.base + this.end;
    this.end = this.at + length;
    const value = read(this);
    this.end = outerEnd - this.base;
    this.#depth--;
    return value;
  }

  /** A message that lies somewhere else in the source; the position is what it was afterwards. */
  messageAt<T>(offset: number, length: number, read: () => T): T {
    const { position } = this;
    const left = this.end - this.at;
    this.moveTo(offset, length);
    const value = read();
    this.moveTo(position, left);
    return value;
  }

  /**
   * The current field as {@link message}, shared with an earlier message of the same few bytes. For values that are immutable
   * and hold no position in the source, as `isShareable` tells.
   */
  sharedMessage<T>(
    cache: ByteCache<T>,
    read: (reader: WireReader) => T,
    isShareable: (value: T) => boolean,
  ): T {
    // Enough that the window does not move before the message is read and kept.
    this.load(MAX_SHARED + 20);
    const keyed = this.at;
    const length = this.#length();
    if (length > MAX_SHARED) {
      this.at = keyed;
      return this.message(read);
    }
    const start = this.at;
    const end = start + length;
    const place = cache.placeOf(this.window, start, end);
    const known = cache.find(place, this.window, start, end);
    if (known !== undefined) {
      this.at = end;
      return known;
    }
    this.at = keyed;
    const value = this.message(read);
    if (isShareable(value)) cache.keep(place, this.window, start, end, value);
    return value;
  }

  /** Bytes from `start` to the position, copied: what a message held in its encoded form. */
  since(start: number): Uint8Array {
    const length = this.position - start;
    if (length > MAX_STRING_BYTES) throw this.error(`a type has ${length} bytes`);
    this.charge(CHARGES.bytes + length);
    return this.source.read(start, length).slice();
  }

  #expect(wireType: number): void {
    if (this.wireType !== wireType)
      throw this.error(`field ${this.field} has wire type ${this.wireType}`);
  }

  #packed(readOne: () => void): void {
    this.message(() => {
      while (this.at < this.end) readOne();
    });
  }

  /** The length of the current field's content, which lies inside the message. */
  #length(): number {
    this.#expect(WireType.length);
    const length = this.unsigned();
    if (length > this.end - this.at)
      throw this.error(
        `field ${this.field} wants ${length} bytes where ${this.end - this.at} are left`,
      );
    return length;
  }

  #stringLength(): number {
    const length = this.#length();
    if (length > MAX_STRING_BYTES)
      throw this.error(`a string has ${length} bytes, ${MAX_STRING_BYTES} are allowed`);
    return length;
  }

  #advance(length: number): void {
    if (length > this.end - this.at) throw this.error(`field ${this.field} is cut off`);
    this.at += length;
  }

  #float32(): number {
    this.load(4);
    const start = this.at;
    this.#advance(4);
    return this.window.readFloatLE(start);
  }

  #exact(value: Int64): number {
    if (typeof value === 'number') return value;
    throw this.error(`field ${this.field} holds ${value}, beyond what is exact`);
  }
}
