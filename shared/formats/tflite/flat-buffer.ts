/**
 * Flatbuffers without generated code: tables, vectors and texts by slot number, every offset checked. Only
 * the pages that are looked at are read, as most of a model file is weights.
 *
 * Source: flatbuffers.dev/internals.
 */
import { LimitError, ModelError } from '../../base/errors.ts';
import type { ByteRange, ByteSource } from '../../onnx/stored-tensor.ts';
import { MAX_HELD_BYTES, MAX_PAGES } from './limits.ts';

const PAGE_BYTES = 1 << 16;

/** Pages overlap by as much as the widest number has, so that none lies across two. */
const OVERLAP_BYTES = 8;

interface Scalar {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
}

/** Numbers as they lie in the file; those of 64 bits are rounded to doubles. */
const SCALARS = {
  byte: { bytes: 1, read: (view, at) => view.getInt8(at) },
  ubyte: { bytes: 1, read: (view, at) => view.getUint8(at) },
  bool: { bytes: 1, read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
  ushort: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  int: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  uint: { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  float: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  long: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  ulong: { bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
} as const satisfies Record<string, Scalar>;

export type ScalarKind = keyof typeof SCALARS;

/** What a table, a vector and a text cost in memory besides their content. */
const HELD_EACH = 48;

/** The bytes of a file that is a flatbuffer. */
export class FlatBuffer {
  readonly source: ByteSource;
  readonly #pages = new Map<number, DataView>();
  #held = 0;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** The table that the file begins with. @throws ModelError when the file has another identifier */
  root(identifier: string): Table {
    const found = this.source.size >= 8 ? this.ascii(4, 4) : '';
    if (found !== identifier)
      throw new ModelError(
        `${this.source.name} is no TFLite file: the identifier ${identifier} is missing`,
      );
    return new Table(this, this.scalar('uint', 0));
  }

  /** The number at a place. @throws ModelError when the place lies outside of the file */
  scalar(kind: ScalarKind, at: number): number {
    const { bytes, read }: Scalar = SCALARS[kind];
    this.check(at, bytes);
    return read(this.#page(at), at % PAGE_BYTES);
  }

  /** Numbers that lie one after the other. @throws ModelError likewise, LimitError for too many in all */
  scalars(kind: ScalarKind, at: number, count: number): number[] {
    const { bytes, read }: Scalar = SCALARS[kind];
    this.check(at, count * bytes);
    this.hold(count * 8);
    const numbers = new Array<number>(count);
    for (let index = 0; index < count; index++) {
      const place = at + index * bytes;
      numbers[index] = read(this.#page(place), place % PAGE_BYTES);
    }
    return numbers;
  }

  ascii(at: number, length: number): string {
    return String.fromCharCode(...this.scalars('ubyte', at, length));
  }

  /** @throws ModelError when the range leaves the file */
  check(at: number, length: number): void {
    if (at >= 0 && length >= 0 && at + length <= this.source.size) return;
    throw new ModelError(
      `${this.source.name} is broken: it points to bytes ${at} to ${at + length} and has ${this.source.size}`,
      { hint: 'It is cut off or damaged: copy or download it again.' },
    );
  }

  /** Counts what was made of the file. @throws LimitError when it is too much */
  hold(bytes: number): void {
    this.#held += bytes + HELD_EACH;
    if (this.#held > MAX_HELD_BYTES)
      throw new LimitError(
        `${this.source.name} describes more tensors than fit into ${MAX_HELD_BYTES} bytes`,
      );
  }

  #page(at: number): DataView {
    const number = Math.floor(at / PAGE_BYTES);
    const known = this.#pages.get(number);
    if (known) return known;
    if (this.#pages.size >= MAX_PAGES) this.#pages.clear();
    const start = number * PAGE_BYTES;
    const length = Math.min(PAGE_BYTES + OVERLAP_BYTES, this.source.size - start);
    const bytes = this.source.read(start, length);
    const page = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#pages.set(number, page);
    return page;
  }
}

/** A record whose fields may be absent: `slot` is the number of a field in its schema, from 0. */
export class Table {
  readonly buffer: FlatBuffer;
  readonly #at: number;
  readonly #vtable: number;
  readonly #vtableBytes: number;

  constructor(buffer: FlatBuffer, at: number) {
    buffer.hold(0);
    this.buffer = buffer;
    this.#at = at;
    this.#vtable = at - buffer.scalar('int', at);
    this.#vtableBytes = buffer.scalar('ushort', this.#vtable);
  }

  /** The number in a field, or what stands for an absent one. */
  number(slot: number, kind: ScalarKind, fallback = 0): number {
    const at = this.#field(slot);
    return at === undefined ? fallback : this.buffer.scalar(kind, at);
  }

  has(slot: number): boolean {
    return this.#field(slot) !== undefined;
  }

  table(slot: number): Table | undefined {
    const at = this.#field(slot);
    return at === undefined ? undefined : new Table(this.buffer, this.#follow(at));
  }

  tables(slot: number): Table[] {
    const [at, count] = this.#vector(slot, 4);
    return Array.from(
      { length: count },
      (_, index) => new Table(this.buffer, this.#follow(at + 4 * index)),
    );
  }

  numbers(slot: number, kind: ScalarKind): number[] {
    const [at, count] = this.#vector(slot, SCALARS[kind].bytes);
    return this.buffer.scalars(kind, at, count);
  }

  /** UTF-8; empty when it is absent. */
  text(slot: number): string {
    const { offset, length } = this.range(slot);
    this.buffer.hold(length);
    return length === 0 ? '' : new TextDecoder().decode(this.buffer.source.read(offset, length));
  }

  /** Where the bytes of a vector of bytes lie. */
  range(slot: number): ByteRange {
    const [offset, length] = this.#vector(slot, 1);
    return { source: this.buffer.source, offset, length };
  }

  #field(slot: number): number | undefined {
    const entry = 4 + 2 * slot;
    if (entry + 2 > this.#vtableBytes) return undefined;
    const offset = this.buffer.scalar('ushort', this.#vtable + entry);
    return offset === 0 ? undefined : this.#at + offset;
  }

  #follow(at: number): number {
    return at + this.buffer.scalar('uint', at);
  }

  /** Where its elements begin, and how many there are: all within the file. */
  #vector(slot: number, width: number): readonly [at: number, count: number] {
    const field = this.#field(slot);
    if (field === undefined) return [0, 0];
    const at = this.#follow(field);
    const count = this.buffer.scalar('uint', at);
    this.buffer.check(at + 4, count * width);
    return [at + 4, count];
  }
}
