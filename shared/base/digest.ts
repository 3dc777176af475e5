/**
 * What a thing is called in the store: the digest of its bytes, or of its canonical JSON.
 *
 * Up to 1 GB `sha256:<hex>`; above, `tree256:<hex>`, the SHA-256 over the SHA-256 (32 raw bytes each)
 * of 64 MiB chunks, so that whoever holds a part can hash it.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from './brand.ts';
import { InputError } from './errors.ts';
import {
  FOLDER_MAX_FILES,
  IO_CHUNK_BYTES,
  PLAIN_DIGEST_MAX_BYTES,
  TREE_CHUNK_BYTES,
} from './limits.ts';

/** Digest of bytes in memory. */
export function digestBytes(data: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(data).digest('hex')}` as Digest;
}

/** Digest of a value by its canonical JSON, see {@link canonicalJson}. */
export function digestJson(value: unknown): Digest {
  return digestBytes(canonicalJson(value));
}

/** What a file holds. */
export interface ContentDigest {
  readonly digest: Digest;
  /** Of the chunks that a `tree256` digest is made of, in their order; absent for a smaller file. */
  readonly chunks?: readonly Digest[];
}

/** Digest of a file, read in chunks. `plainMax` and `chunk` exist for tests. */
export async function digestFile(
  path: string,
  options: { readonly plainMax?: number; readonly chunk?: number } = {},
): Promise<Digest> {
  return (await digestContent(path, options)).digest;
}

/** The same with the digests of a large file's chunks. */
export async function digestContent(
  path: string,
  { plainMax = PLAIN_DIGEST_MAX_BYTES, chunk = TREE_CHUNK_BYTES } = {},
): Promise<ContentDigest> {
  const { size } = await stat(path);
  const file = openSync(path, 'r');
  const digestOf = (offset: number, length: number): Digest =>
    `sha256:${hashRange(file, offset, length).toString('hex')}` as Digest;
  try {
    if (size <= plainMax) return { digest: digestOf(0, size) };
    const chunks: Digest[] = [];
    for (let offset = 0; offset < size; offset += chunk)
      chunks.push(digestOf(offset, Math.min(chunk, size - offset)));
    return { digest: digestOfChunks(chunks), chunks };
  } finally {
    closeSync(file);
  }
}

/** What {@link digestFile} calls a large file whose chunks have these digests, in their order. */
export function digestOfChunks(chunks: readonly Digest[]): Digest {
  const tree = createHash('sha256');
  for (const chunk of chunks) tree.update(Buffer.from(hexOf(chunk), 'hex'));
  return `tree256:${tree.digest('hex')}` as Digest;
}

/** Digest and size of a file, or of a folder as the canonical JSON of `{ relative path: digest }`. */
export async function digestPath(
  path: string,
  {
    maxFiles = FOLDER_MAX_FILES,
    digest = digestFile,
  }: { maxFiles?: number; digest?: (file: string) => Promise<Digest> } = {},
): Promise<{ digest: Digest; bytes: number }> {
  const info = await stat(path);
  if (info.isFile()) return { digest: await digest(path), bytes: info.size };
  const names = await filesBelow(path, maxFiles);
  const digests = await Promise.all(names.map((name) => digest(join(path, name))));
  const files = Object.fromEntries(names.map((name, index) => [name, digests[index]]));
  let bytes = 0;
  for (const name of names) bytes += (await stat(join(path, name))).size;
  return { digest: digestJson(files), bytes };
}

/** Relative paths, `/` between parts, of the plain files below a folder, sorted. Links are not followed. */
export async function filesBelow(folder: string, maxFiles = FOLDER_MAX_FILES): Promise<string[]> {
  const found: string[] = [];
  const walk = async (relative: string): Promise<void> => {
    for await (const entry of await opendir(join(folder, relative))) {
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) await walk(name);
      else if (entry.isFile()) found.push(name);
      if (found.length > maxFiles) {
        throw new InputError(`${folder} holds more than ${maxFiles} files`, {
          hint: 'Give the folder of one model.',
        });
      }
    }
  };
  await walk('');
  return found.sort();
}

/**
 * JSON with sorted keys and without spaces: equal values have equal text. `undefined` members are
 * left out; what JSON cannot hold (NaN, ∞, functions, bigint) is a TypeError.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') {
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`canonical JSON cannot hold ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  throw new TypeError(`canonical JSON cannot hold a ${typeof value}`);
}

/** The hex part of a digest, for file names. */
export const hexOf = (digest: Digest): string => digest.slice(digest.indexOf(':') + 1);

function hashRange(file: number, offset: number, length: number): Buffer {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(Math.min(IO_CHUNK_BYTES, length));
  for (let done = 0; done < length; ) {
    const count = readSync(file, buffer, 0, Math.min(buffer.length, length - done), offset + done);
    if (count === 0) throw new InputError('a file became shorter while it was read');
    hash.update(buffer.subarray(0, count));
    done += count;
  }
  return hash.digest();
}
