/** Random access to the bytes of one array: in memory while small, in a file otherwise. */
import { closeSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { explainWriteError, makeTempDir, removeTempDir } from '../../base/files.ts';
import type { ByteSource } from '../../onnx/stored-tensor.ts';

/** Below this an inflated array stays in memory; above it goes to a temporary file once. */
export const SPILL_BYTES = 16 * 1024 * 1024;

export interface ByteBox {
  readonly size: number;
  /** Exactly `length` bytes in memory of their own, aligned for any element type. */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

/** A range of an open file; whoever opened the descriptor closes it. */
export function fileBox(descriptor: number, start: number, size: number, name: string): ByteBox {
  return {
    size,
    read: (offset, length) => {
      checkRange(offset, length, size, name);
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        // One read call takes at most 2^31 − 1 bytes.
        const want = Math.min(length - done, 0x40000000);
        const count = readSync(descriptor, bytes, done, want, start + offset + done);
        if (count === 0) {
          throw new InputError(`${name} is truncated: it ends before byte ${start + size}`, {
            where: name,
            hint: 'Copy or download the file again.',
          });
        }
        done += count;
      }
      return bytes;
    },
    close: () => {},
  };
}

/** A range of a source; whoever opened that closes it. */
export function sourceBox(source: ByteSource, start: number, size: number, name: string): ByteBox {
  return {
    size,
    read: (offset, length) => {
      checkRange(offset, length, size, name);
      return source.read(start + offset, length).slice();
    },
    close: () => {},
  };
}

/** Bytes that are in memory already. */
export function memoryBox(bytes: Uint8Array, name: string): ByteBox {
  return {
    size: bytes.length,
    read: (offset, length) => {
      checkRange(offset, length, bytes.length, name);
      return bytes.slice(offset, offset + length);
    },
    close: () => {},
  };
}

/** Bytes that arrive in order and are read at random afterwards. */
export interface BoxWriter {
  write(chunk: Uint8Array): Promise<void>;
  finish(): Promise<ByteBox>;
  /** Forgets everything, after an error. */
  abandon(): Promise<void>;
}

/** Collects bytes in memory up to `spill` bytes, then in a temporary file that goes with the box. */
export function createBoxWriter(name: string, spill = SPILL_BYTES): BoxWriter {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let folder: string | undefined;
  let file: FileHandle | undefined;

  const append = async (bytes: Uint8Array): Promise<void> => {
    try {
      await file?.appendFile(bytes);
    } catch (error) {
      throw explainWriteError(error, folder ?? name);
    }
  };
  const abandon = async (): Promise<void> => {
    await file?.close();
    if (folder !== undefined) removeTempDir(folder);
    chunks = [];
  };

  return {
    write: async (chunk) => {
      size += chunk.length;
      if (file === undefined && size > spill) {
        folder = makeTempDir('data');
        file = await open(join(folder, 'array'), 'wx');
        for (const earlier of chunks) await append(earlier);
        chunks = [];
      }
      // A copy: the stream may use its buffer again.
      if (file === undefined) chunks.push(chunk.slice());
      else await append(chunk);
    },
    finish: async () => {
      if (file === undefined || folder === undefined) {
        return memoryBox(new Uint8Array(Buffer.concat(chunks)), name);
      }
      await file.close();
      const kept = folder;
      const descriptor = openSync(join(kept, 'array'), 'r');
      return {
        ...fileBox(descriptor, 0, size, name),
        close: () => {
          closeSync(descriptor);
          removeTempDir(kept);
        },
      };
    },
    abandon,
  };
}

function checkRange(offset: number, length: number, size: number, name: string): void {
  if (offset < 0 || length < 0 || offset + length > size) {
    throw new InputError(
      `${name} is truncated: bytes ${offset} to ${offset + length} of ${size} are needed`,
      { where: name, hint: 'Copy or write the file again.' },
    );
  }
}
