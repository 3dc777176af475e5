/**
 * The store as a folder:
 *
 *     blobs/sha256/ab/abcdef…    immutable bytes (blobs/tree256/… above 1 GB)
 *     steps/<name>/<key>.json    results
 *
 * Safe for any number of processes at once: files appear whole, by link or rename, and never change.
 */
import { constants, createReadStream } from 'node:fs';
import { copyFile, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest } from '../../base/brand.ts';
import { digestBytes, digestFile, hexOf } from '../../base/digest.ts';
import { InputError } from '../../base/errors.ts';
import { errorCode, explainWriteError, stagingPath } from '../../base/files.ts';
import { IO_CHUNK_BYTES } from '../../base/limits.ts';
import { parseRecord } from './parse-record.ts';
import type { Piece, StepRecord, Store } from './store.ts';

export interface FolderStoreOptions {
  /** For tests: digests above it are `tree256`. */
  readonly plainMax?: number;
  /** For tests. */
  readonly chunk?: number;
}

/** See above. */
export class FolderStore implements Store {
  readonly name: string;
  readonly #digests: FolderStoreOptions;

  constructor(folder: string, digests: FolderStoreOptions = {}) {
    this.name = folder;
    this.#digests = digests;
  }

  async readStep(step: string, key: string): Promise<StepRecord | undefined> {
    let text: string;
    try {
      text = await readFile(this.#stepPath(step, key), 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw explainWriteError(error, this.name);
    }
    const record = parseRecord(text);
    if (!record) return undefined;
    for (const blob of record.blobs) if (!(await this.hasBlob(blob))) return undefined;
    return record;
  }

  async writeStep(record: StepRecord, { replace = false } = {}): Promise<StepRecord> {
    const path = this.#stepPath(record.step, record.key);
    const text = `${JSON.stringify(record)}\n`;
    const write = (exclusive: boolean) =>
      place(path, (staged) => writeNew(staged, text), exclusive);
    if (await write(!replace)) return record;
    const winner = await this.readStep(record.step, record.key);
    if (winner) return winner;
    // There was a record, but unreadable or without its bytes: ours takes its place.
    await write(false);
    return record;
  }

  async hasBlob(digest: Digest): Promise<boolean> {
    return (await stat(this.#blobPath(digest)).catch(() => undefined))?.isFile() ?? false;
  }

  async putBytes(data: Uint8Array | string): Promise<Digest> {
    const digest = digestBytes(data);
    if (await this.hasBlob(digest)) return digest;
    await place(this.#blobPath(digest), (staged) => writeNew(staged, data), true);
    return digest;
  }

  async putFile(path: string): Promise<Digest> {
    const digest = await digestFile(path, this.#digests);
    if (await this.hasBlob(digest)) return digest;
    // A copy, by reflink where the file system can: the caller's file may change later.
    const copy = (staged: string) =>
      copyFile(path, staged, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await place(this.#blobPath(digest), copy, true);
    return digest;
  }

  async concat(pieces: readonly Piece[]): Promise<Digest> {
    const parts: (Piece & { readonly path: string })[] = [];
    for (const piece of pieces) {
      const path = await this.pathOf(piece.digest);
      const { size } = await stat(path);
      if (piece.offset + piece.length > size)
        throw new InputError(`${piece.digest} has ${size} bytes, fewer than a piece of it`);
      if (pieces.length === 1 && piece.length === size) return piece.digest;
      parts.push({ ...piece, path });
    }
    const staged = stagingPath(join(this.name, 'blobs', 'joined'));
    try {
      await mkdir(dirname(staged), { recursive: true });
      await appendAll(parts, staged);
      const digest = await digestFile(staged, this.#digests);
      if (!(await this.hasBlob(digest)))
        await place(this.#blobPath(digest), (other) => rename(staged, other), true);
      return digest;
    } catch (error) {
      throw explainWriteError(error, this.name);
    } finally {
      await rm(staged, { force: true }).catch(() => {});
    }
  }

  async pathOf(digest: Digest): Promise<string> {
    if (await this.hasBlob(digest)) return this.#blobPath(digest);
    throw new InputError(`the store ${this.name} does not hold ${digest}`, {
      hint: 'It may have been cleaned meanwhile; run the command again.',
    });
  }

  #stepPath(step: string, key: string): string {
    return join(this.name, 'steps', step, `${key}.json`);
  }

  #blobPath(digest: Digest): string {
    const hex = hexOf(digest);
    const kind = digest.slice(0, digest.indexOf(':'));
    return join(this.name, 'blobs', kind, hex.slice(0, 2), hex);
  }
}

/** Lets `write` fill a part beside `path` and moves it there. `false`: something was there already. */
async function place(
  path: string,
  write: (staged: string) => Promise<void>,
  exclusive: boolean,
): Promise<boolean> {
  const staged = stagingPath(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    await write(staged);
    if (!exclusive) {
      await rename(staged, path);
      return true;
    }
    return await linkExclusively(staged, path);
  } catch (error) {
    throw explainWriteError(error, path);
  } finally {
    await rm(staged, { force: true }).catch(() => {});
  }
}

/** `link` fails when the name is taken, unlike `rename`. */
async function linkExclusively(staged: string, path: string): Promise<boolean> {
  try {
    await link(staged, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // File systems without hard links (FAT, some network shares): the last of equal results wins.
    if (await stat(path).catch(() => undefined)) return false;
    await rename(staged, path);
    return true;
  }
}

/** Writes parts of files, one behind the other, into a new file. */
async function appendAll(
  parts: readonly (Piece & { readonly path: string })[],
  target: string,
): Promise<void> {
  const file = await open(target, 'wx');
  try {
    for (const { path, offset, length } of parts) {
      if (length === 0) continue;
      const range = { start: offset, end: offset + length - 1, highWaterMark: IO_CHUNK_BYTES };
      await file.writeFile(createReadStream(path, range));
    }
  } finally {
    await file.close();
  }
}

async function writeNew(path: string, data: Uint8Array | string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(data);
  } finally {
    await file.close();
  }
}
