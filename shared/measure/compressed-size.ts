/** How many bytes files take when they are compressed, as for a download: where zeros save something. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import { explainReadError } from '../base/files.ts';

/** Bytes, at the levels that servers and tools take by default: gzip 6 and zstd 3. */
export interface CompressedSize {
  readonly gzip: number;
  readonly zstd: number;
}

/** Read and compressed at once; the memory does not depend on the file. */
const CHUNK_BYTES = 1 << 20;

/**
 * Of a file, or of a folder's files, each by itself: they are sent one by one.
 * @throws InputError for one that cannot be read
 */
export async function compressedSize(path: string): Promise<CompressedSize> {
  try {
    const files = (await stat(path)).isDirectory() ? await filesOf(path) : [path];
    const total = { gzip: 0, zstd: 0 };
    for (const file of files) {
      total.gzip += await lengthThrough(file, createGzip());
      total.zstd += await lengthThrough(file, createZstdCompress());
    }
    return total;
  } catch (error) {
    throw explainReadError(error, path);
  }
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

async function lengthThrough(file: string, compressor: NodeJS.ReadWriteStream): Promise<number> {
  let length = 0;
  const counter = new Writable({
    write(chunk: Uint8Array, _, done) {
      length += chunk.length;
      done();
    },
  });
  await pipeline(createReadStream(file, { highWaterMark: CHUNK_BYTES }), compressor, counter);
  return length;
}
