/** What a model weighs: on disk, and on its way to a browser or phone, where transports compress. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { type Bytes, bytes } from '../base/brand.ts';
import { filesBelow } from '../base/digest.ts';
import { explainReadError } from '../base/files.ts';
import { IO_CHUNK_BYTES } from '../base/limits.ts';

export interface ModelSize {
  /** Of the file, or of all files of a folder (SavedModel, TFJS). */
  readonly bytes: Bytes;
  readonly files: number;
}

/** @throws InputError where nothing is there or it cannot be read */
export async function sizeOnDisk(path: string): Promise<ModelSize> {
  const files = await filesOf(path);
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return { bytes: bytes(sizes.reduce((sum, size) => sum + size, 0)), files: files.length };
}

export type Compression = 'gzip' | 'zstd';

/**
 * Bytes after compression at the level that servers use on the fly (gzip 6, zstd 3), each file by
 * itself; read in pieces, whatever the size. `undefined` where this Node has no such method (zstd
 * before 22.15).
 */
export async function compressedSize(
  path: string,
  method: Compression,
): Promise<Bytes | undefined> {
  if (method === 'zstd' && typeof zlib.createZstdCompress !== 'function') return undefined;
  let total = 0;
  for (const file of await filesOf(path)) {
    await pipeline(
      createReadStream(file, { highWaterMark: IO_CHUNK_BYTES }),
      method === 'gzip' ? zlib.createGzip({ level: 6 }) : zlib.createZstdCompress(),
      new Writable({
        write: (chunk: Uint8Array, _, done) => {
          total += chunk.length;
          done();
        },
      }),
    );
  }
  return bytes(total);
}

async function filesOf(path: string): Promise<string[]> {
  try {
    if ((await stat(path)).isFile()) return [path];
    return (await filesBelow(path)).map((file) => join(path, file));
  } catch (error) {
    throw explainReadError(error, path);
  }
}
