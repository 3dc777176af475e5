/** The bytes of an HDF5 file as its structures are read from them: bounded, in pages, little-endian. */
import { LimitError, ModelError, UnsupportedError } from '../../base/errors.ts';
import type { ByteSource } from '../../onnx/stored-tensor.ts';

/** Structures are small and lie together; weights between them are not read with them. */
const PAGE_BYTES = 4096;
/** 4 MB of pages, then the oldest half goes. */
const MAX_PAGES = 1024;

/** Every structure is read once or twice; a damaged file may lead in circles beyond that (CWE-835). */
const MAX_PASSES = 8;
/** Files of a few KB have many names of one structure. */
const MAX_EXTRA_BYTES = 1 << 20;

/** How the format says that there is nothing: all bits set. */
const NOWHERE = 0xffff_ffff;

/** That the file breaks the format's rules. `what` is a part of it, as in "a group". */
export const damaged = (name: string, what?: string, cause?: unknown): ModelError =>
  new ModelError(
    `${name} is damaged or cut off: ${what ? `${what} in it` : 'it'} cannot be read as HDF5`,
    { hint: 'Copy or save the file again.', ...(cause !== undefined && { cause }) },
  );

/** That the file uses a part of the format that no model needs. */
export const refused = (name: string, what: string): UnsupportedError =>
  new UnsupportedError(`${name} ${what}, which is not read`, {
    hint: 'Save the model again, or copy the file with h5repack -f NONE.',
  });

/** Reads structures of a file by their addresses. */
export class FileBytes {
  readonly source: ByteSource;
  readonly #pages = new Map<number, Uint8Array>();
  #left: number;

  constructor(source: ByteSource) {
    this.source = source;
    this.#left = source.size * MAX_PASSES + MAX_EXTRA_BYTES;
  }

  get name(): string {
    return this.source.name;
  }

  /** A structure of exactly that length. @throws ModelError when it leaves the file */
  read(address: number | undefined, length: number, what: string): Cursor {
    const { name, size } = this.source;
    if (address === undefined || !(address >= 0 && length >= 0 && address + length <= size))
      throw damaged(name, what);
    this.spend(length);
    return new Cursor(name, what, this.#view(address, length));
  }

  /** Counts work on bytes that were read before. @throws ModelError when it is more than any file needs */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new ModelError(`${this.name} is damaged: it leads in circles`);
  }

  /** A name or a path. Each stands in a file once, but a damaged one may have many that share their bytes (CWE-405). */
  text(bytes: Uint8Array): string {
    this.spend(bytes.length);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  }

  #view(address: number, length: number): Uint8Array {
    const start = address % PAGE_BYTES;
    if (start + length > PAGE_BYTES) return this.source.read(address, length);
    return this.#page(address - start).subarray(start, start + length);
  }

  #page(start: number): Uint8Array {
    const known = this.#pages.get(start);
    if (known) return known;
    if (this.#pages.size === MAX_PAGES)
      for (const old of [...this.#pages.keys()].slice(0, MAX_PAGES / 2)) this.#pages.delete(old);
    const page = this.source.read(start, Math.min(PAGE_BYTES, this.source.size - start));
    this.#pages.set(start, page);
    return page;
  }
}

/** Reads the fields of one structure, one after the other. */
export class Cursor {
  readonly name: string;
  readonly what: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  /** `name` is the file's, `what` the structure's. */
  constructor(name: string, what: string, bytes: Uint8Array) {
    this.name = name;
    this.what = what;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#next(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#next(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#next(4), true);
  }

  /** Beyond 2^53 not exact, and larger than anything that it could be a length or a place of. */
  u64(): number {
    const low = this.u32();
    return this.u32() * 2 ** 32 + low;
  }

  /** An unsigned number of 0 to 8 bytes. */
  uint(size: number): number {
    const at = this.#next(size);
    let value = 0;
    for (let byte = size - 1; byte >= 0; byte--)
      value = value * 256 + this.#view.getUint8(at + byte);
    return value;
  }

  /** Where something is; `undefined` for nowhere. */
  address(): number | undefined {
    const low = this.u32();
    const high = this.u32();
    return low === NOWHERE && high === NOWHERE ? undefined : high * 2 ** 32 + low;
  }

  /** The next bytes, not copied. */
  take(length: number): Uint8Array {
    const at = this.#next(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** All that is left. */
  rest(): Uint8Array {
    return this.take(this.left);
  }

  skip(length: number): this {
    this.#next(length);
    return this;
  }

  /** The next bytes as a structure of their own. */
  part(length: number): Cursor {
    return new Cursor(this.name, this.what, this.take(length));
  }

  /** @throws ModelError unless these letters come next */
  expect(signature: string): this {
    for (const letter of signature) if (this.u8() !== letter.charCodeAt(0)) throw this.damaged();
    return this;
  }

  /** @throws ModelError unless this version comes next */
  version(version: number): this {
    if (this.u8() !== version) throw this.damaged();
    return this;
  }

  /** That this structure breaks the format's rules. */
  damaged(): ModelError {
    return damaged(this.name, this.what);
  }

  #next(length: number): number {
    const at = this.#at;
    if (!(length >= 0 && at + length <= this.#bytes.length)) throw this.damaged();
    this.#at = at + length;
    return at;
  }
}

/** Memory that the file claims to need. @throws LimitError when there is not that much */
export function allocate(name: string, length: number): Uint8Array {
  try {
    return new Uint8Array(length);
  } catch (error) {
    throw new LimitError(`${length} bytes of ${name} do not fit into memory at once`, {
      cause: error,
    });
  }
}
