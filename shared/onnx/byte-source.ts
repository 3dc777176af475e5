/** Bytes of a file or of memory behind one interface; see {@link ByteSource}. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { InputError, ModelError } from '../base/errors.ts';
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
  const first = openFile(path);
  const { size } = first.stat;
  let descriptor: number | undefined = first.descriptor;
  if (!keepOpen) {
    closeSync(descriptor);
    descriptor = undefined;
  }
  let ahead = new Uint8Array();
  let aheadFrom = 0;
  let lastEnd = -1;
  const readThrough = (file: number, target: Uint8Array, offset: number): void => {
    const end = offset + target.length;
    const follows =
      target.length <= SMALL_READ && offset >= lastEnd && offset - lastEnd < SMALL_READ;
    lastEnd = end;
    if (follows && (offset < aheadFrom || end > aheadFrom + ahead.length)) {
      const length = Math.min(READ_AHEAD, size - offset);
      if (ahead.length !== length) ahead = new Uint8Array(length);
      readFully(path, file, ahead, offset);
      aheadFrom = offset;
    }
    if (offset >= aheadFrom && end <= aheadFrom + ahead.length)
      target.set(ahead.subarray(offset - aheadFrom, end - aheadFrom));
    else readFully(path, file, target, offset);
  };
  const readInto = (target: Uint8Array, offset: number): void => {
    checkRange(path, size, offset, target.length);
    if (descriptor !== undefined) readThrough(descriptor, target, offset);
    else if (keepOpen) throw new InputError(`'${path}' was closed before its weights were read`);
    else {
      const again = openFile(path);
      try {
        if (again.stat.ino !== first.stat.ino || again.stat.size !== size)
          throw new InputError(`'${path}' was replaced while it was in use`);
        readFully(path, again.descriptor, target, offset);
      } finally {
        closeSync(again.descriptor);
      }
    }
  };
  return {
    name: path,
    size,
    readInto,
    read(offset, length) {
      // Checked before the memory is asked for (CWE-789).
      checkRange(path, size, offset, length);
      const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
      readInto(bytes, offset);
      return bytes;
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

/** Bytes in memory, not copied: what `read` gives is a view. */
export function memorySource(bytes: Uint8Array, name = 'model'): ByteSource {
  // A plain array, also over a Buffer: `slice` of a Buffer would not copy.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = (offset: number, length: number): Uint8Array => {
    checkRange(name, plain.length, offset, length);
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

function checkRange(name: string, size: number, offset: number, length: number): void {
  if (offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new ModelError(
    `'${name}' is truncated: bytes ${offset} to ${offset + length} are wanted, it has ${size}`,
  );
}
