/** Bytes of a file or of memory behind one interface; see {@link ByteSource}. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { InputError, LimitError, ModelError } from '../base/errors.ts';
import { explainReadError } from '../base/files.ts';
import type { ByteSource } from './stored-tensor.ts';

/** One read call takes at most this: Node refuses lengths of 2 GiB and more. */
const MAX_READ_CALL = 1 << 30;

/** Small ranges that follow each other, as the weights of a graph of many nodes do, are read together. */
const READ_AHEAD = 1 << 16;
const SMALL_READ = 1 << 11;

/** Without it, opening a named pipe waits for somebody to write into it (CWE-400). Windows has no such flag. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * A regular file, read by position. It stays readable while another file takes its name.
 * `keepOpen: false` opens it for every read anew, for those who have more files than descriptors.
 * @throws InputError when it cannot be opened or is no regular file.
 */
export function fileSource(path: string, { keepOpen = true } = {}): ByteSource {
  return keepOpen ? new DescriptorSource(path) : new ReopenedFile(path);
}

/** Opens a file for reading by position: {@link fileSource}, or what stands for it where the bytes lie elsewhere. */
export type OpenFile = (path: string, options?: { readonly keepOpen?: boolean }) => ByteSource;

/** A file by its descriptor. */
class DescriptorSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #descriptor: number;
  #isOpen = true;
  /** What was read ahead of small reads, and where it lies in the file. */
  #ahead = new Uint8Array();
  #aheadFrom = 0;
  #lastEnd = 0;

  constructor(path: string) {
    const { descriptor, stat } = openFile(path);
    this.name = path;
    this.size = stat.size;
    this.#descriptor = descriptor;
  }

  read(offset: number, length: number): Uint8Array {
    // Checked before the memory is asked for (CWE-789).
    checkRange(this, offset, length);
    const bytes = allocate(this.name, length);
    this.readInto(bytes, offset);
    return bytes;
  }

  readInto(target: Uint8Array, offset: number): void {
    checkRange(this, offset, target.length);
    if (!this.#isOpen) throw new InputError(`${this.name} was closed before it was read`);
    const gap = offset - this.#lastEnd;
    const follows = target.length <= SMALL_READ && gap >= 0 && gap <= SMALL_READ;
    this.#lastEnd = offset + target.length;
    if (follows && !this.#isAhead(offset, target.length)) this.#readAhead(offset);
    if (this.#isAhead(offset, target.length)) {
      const start = offset - this.#aheadFrom;
      target.set(this.#ahead.subarray(start, start + target.length));
    } else readFully(this.name, this.#descriptor, target, offset);
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#descriptor);
    this.#isOpen = false;
    this.#ahead = new Uint8Array();
  }

  #isAhead(offset: number, length: number): boolean {
    const start = offset - this.#aheadFrom;
    return start >= 0 && start + length <= this.#ahead.length;
  }

  #readAhead(offset: number): void {
    const bytes = new Uint8Array(Math.min(READ_AHEAD, this.size - offset));
    readFully(this.name, this.#descriptor, bytes, offset);
    this.#ahead = bytes;
    this.#aheadFrom = offset;
  }
}

/** A file that takes a descriptor only while it is read. */
class ReopenedFile implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #inode: number;

  constructor(path: string) {
    const { descriptor, stat } = openFile(path);
    closeSync(descriptor);
    this.name = path;
    this.size = stat.size;
    this.#inode = stat.ino;
  }

  read(offset: number, length: number): Uint8Array {
    checkRange(this, offset, length);
    const bytes = allocate(this.name, length);
    this.readInto(bytes, offset);
    return bytes;
  }

  readInto(target: Uint8Array, offset: number): void {
    checkRange(this, offset, target.length);
    const { descriptor, stat } = openFile(this.name);
    try {
      if (stat.ino !== this.#inode || stat.size !== this.size)
        throw new InputError(`${this.name} was replaced while it was in use`);
      readFully(this.name, descriptor, target, offset);
    } finally {
      closeSync(descriptor);
    }
  }

  close(): void {}
}

/** Bytes in memory, not copied: what `read` gives is a view. */
export function memorySource(bytes: Uint8Array, name = 'model'): ByteSource {
  // A plain array, also over a Buffer: `slice` of a Buffer would not copy.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = (offset: number, length: number): Uint8Array => {
    checkRange({ name, size: plain.length }, offset, length);
    return plain.subarray(offset, offset + length);
  };
  return {
    name,
    size: plain.length,
    read,
    readInto(target, offset) {
      target.set(read(offset, target.length));
    },
    close() {},
  };
}

/**
 * A part of a source as a source of its own, which ends with the other. `outside` is said of ranges that lead out of it.
 */
export function sectionOf(
  source: ByteSource,
  start: number,
  size: number,
  {
    name = source.name,
    outside = `'${name}' is truncated inside a message`,
  }: { readonly name?: string; readonly outside?: string } = {},
): ByteSource {
  const check = (offset: number, length: number): void => {
    if (offset < 0 || length < 0 || offset + length > size) throw new ModelError(outside);
  };
  return {
    name,
    size,
    read(offset, length) {
      check(offset, length);
      return source.read(start + offset, length);
    },
    readInto(target, offset) {
      check(offset, target.length);
      source.readInto(target, start + offset);
    },
    close() {},
  };
}

function openFile(path: string): { readonly descriptor: number; readonly stat: Stats } {
  let descriptor: number;
  try {
    descriptor = openSync(path, OPEN_FLAGS);
  } catch (error) {
    throw explainReadError(error, path);
  }
  const stat = fstatSync(descriptor);
  if (stat.isFile()) return { descriptor, stat };
  closeSync(descriptor);
  throw new InputError(`${path} is ${stat.isDirectory() ? 'a folder' : 'a device'}, not a file`);
}

function readFully(path: string, descriptor: number, target: Uint8Array, offset: number): void {
  for (let done = 0; done < target.length; ) {
    const wanted = Math.min(MAX_READ_CALL, target.length - done);
    let count: number;
    try {
      count = readSync(descriptor, target, done, wanted, offset + done);
    } catch (error) {
      throw new InputError(`${path} could not be read`, { cause: error });
    }
    if (count === 0) throw new ModelError(`'${path}' became shorter while it was read`);
    done += count;
  }
}

/** Memory that is about to be filled; begins where any typed array may begin. */
function allocate(name: string, length: number): Uint8Array {
  try {
    return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  } catch (error) {
    throw new LimitError(`${length} bytes of ${name} do not fit into memory at once`, {
      cause: error,
    });
  }
}

/** @throws ModelError for a range that leaves a source of this name and size */
export function checkRange(
  { name, size }: { readonly name: string; readonly size: number },
  offset: number,
  length: number,
): void {
  if (offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new ModelError(
    `'${name}' is truncated: bytes ${offset} to ${offset + length} are wanted, it has ${size}`,
  );
}
