/** Bytes of a file or of memory behind one interface; see {@link ByteSource}. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { InputError, ModelError } from '../base/errors.ts';
import type { ByteSource } from './stored-tensor.ts';

/** One read call takes at most this: Node refuses lengths of 2 GiB and more. */
const MAX_READ_CALL = 1 << 30;

/** A regular file, read by position. @throws InputError when it cannot be opened or is no regular file. */
export function fileSource(path: string): ByteSource {
  const descriptor = openForReading(path);
  const stat = fstatSync(descriptor);
  if (!stat.isFile()) {
    closeSync(descriptor);
    throw new InputError(`cannot read '${path}': it is not a regular file`);
  }
  let open = true;
  return {
    name: path,
    size: stat.size,
    read(offset, length) {
      checkRange(path, stat.size, offset, length);
      const bytes = Buffer.allocUnsafeSlow(length);
      for (let done = 0; done < length; ) {
        const count = readSync(
          descriptor,
          bytes,
          done,
          Math.min(MAX_READ_CALL, length - done),
          offset + done,
        );
        if (count === 0) throw new ModelError(`'${path}' became shorter while it was read`);
        done += count;
      }
      return bytes;
    },
    close() {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

/** Bytes in memory, not copied. */
export function memorySource(bytes: Uint8Array, name = 'model'): ByteSource {
  return {
    name,
    size: bytes.length,
    read(offset, length) {
      checkRange(name, bytes.length, offset, length);
      return bytes.subarray(offset, offset + length);
    },
    close() {},
  };
}

function checkRange(name: string, size: number, offset: number, length: number): void {
  if (offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new ModelError(
    `'${name}' is truncated: bytes ${offset} to ${offset + length} are wanted, it has ${size}`,
  );
}

function openForReading(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : '';
    const reason =
      code === 'ENOENT' ? 'no such file' : code === 'EACCES' ? 'permission denied' : String(code);
    throw new InputError(`cannot read '${path}': ${reason}`, { cause });
  }
}
