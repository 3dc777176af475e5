/**
 * Files that are whole or absent: everything is written beside its place and renamed into it, and
 * temporary folders go when the process ends, however it ends.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError, LimitError } from './errors.ts';

const temporaryFolders = new Set<string>();
let cleansAtExit = false;

/**
 * A fresh temporary folder, removed when the process exits (`process.exit` on a signal included) or
 * by {@link removeTempDir}. `parent` defaults to the system's folder for such things.
 */
export function makeTempDir(purpose: string, parent = tmpdir()): string {
  if (!cleansAtExit) {
    cleansAtExit = true;
    process.on('exit', () => {
      for (const folder of temporaryFolders) remove(folder);
    });
  }
  try {
    makeFolder(parent);
    const folder = mkdtempSync(join(parent, `fettle-${purpose}-`));
    temporaryFolders.add(folder);
    return folder;
  } catch (error) {
    throw explainWriteError(error, parent);
  }
}

/** Removes a folder of {@link makeTempDir} with all that is in it. */
export function removeTempDir(folder: string): void {
  temporaryFolders.delete(folder);
  remove(folder);
}

/** A process that was just killed may still end its last write: what it left makes a second try necessary. */
function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}

/** Runs `work` with a temporary folder that is gone afterwards; `parent` as in {@link makeTempDir}. */
export async function withTempDir<T>(
  purpose: string,
  work: (folder: string) => Promise<T>,
  parent?: string,
): Promise<T> {
  const folder = makeTempDir(purpose, parent);
  try {
    return await work(folder);
  } finally {
    removeTempDir(folder);
  }
}

/** A path beside `path` that nobody else uses: rename from it stays on one file system. */
export function stagingPath(path: string): string {
  return join(
    dirname(path),
    `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}.part`,
  );
}

/** Writes a whole file or nothing, making its folder; the old file stays until the new one is complete. */
export async function writeFileAtomically(path: string, data: Uint8Array | string): Promise<void> {
  const staged = stagingPath(path);
  try {
    makeFolder(dirname(path));
    await writeThrough(staged, data);
    await rename(staged, path);
  } catch (error) {
    // The part may never have been made, its folder neither: the first error is the one to tell.
    await rm(staged, { force: true }).catch(() => {});
    throw explainWriteError(error, path);
  }
}

/** Writes and flushes to the disk, so that a rename never exposes a file without its bytes. */
async function writeThrough(path: string, data: Uint8Array | string): Promise<void> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'wx');
    await file.writeFile(data);
    await file.datasync();
  } finally {
    await file?.close();
  }
}

/**
 * Whether files could be written into `folder`, which need not exist: asked before long work, so that
 * its result is not lost. @throws InputError, LimitError. Leaves nothing behind.
 */
export function checkWritable(folder: string): void {
  let place = resolve(folder);
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  if (place === resolve(folder) && !statSync(place).isDirectory()) {
    throw new InputError(`${folder} is not a folder`, { hint: 'Give another with -o.' });
  }
  removeTempDir(makeTempDir('probe', place));
}

/** A file-system error while writing, as the error that tells the user what to do; others unchanged. */
export function explainWriteError(error: unknown, path: string): unknown {
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new LimitError(`the disk is full: ${path} could not be written`, {
        hint: 'Free some space, or write elsewhere with -o (and FETTLE_STORE for the store).',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'EBUSY':
    case 'ELOOP':
    // Of a folder that cannot be made, as below /proc.
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
    case 'ENAMETOOLONG':
      return new InputError(`cannot write ${path}: ${errorCode(error)}`, {
        hint: 'Give a folder that can be written.',
        cause: error,
      });
    default:
      return error;
  }
}

/** A file-system error while reading what the user named, as an {@link InputError}; others unchanged. */
export function explainReadError(error: unknown, path: string): unknown {
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new InputError(`${path} does not exist`, { hint: 'Check the path.', cause: error });
    case 'EISDIR':
      return new InputError(`${path} is a folder, not a file`, { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new InputError(`${path} cannot be read: permission denied`, { cause: error });
    case 'ELOOP':
      return new InputError(`${path} is a link that leads in a circle`, { cause: error });
    default:
      return error;
  }
}

/**
 * What nobody explained where it happened, and is the user's all the same: no rights, no space, too many
 * files open; others, and what names no file, unchanged.
 */
export function explainFileError(error: unknown): unknown {
  if (!(error instanceof Error) || !('path' in error) || typeof error.path !== 'string')
    return error;
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS')
    return explainWriteError(error, error.path);
  if (code === 'EACCES' || code === 'EPERM')
    return new InputError(`permission denied: ${error.path}`, { cause: error });
  if (code === 'EMFILE' || code === 'ENFILE')
    return new LimitError(`too many files are open: ${error.path} could not be, too`, {
      hint: 'Raise the limit: ulimit -n 4096',
      cause: error,
    });
  return error;
}

/** Makes a folder and those above it. @throws InputError, LimitError */
export function makeFolder(path: string): void {
  try {
    const missing: string[] = [];
    for (let place = resolve(path); !existsSync(place); place = dirname(place)) {
      if (dirname(place) === place) break;
      missing.unshift(place);
    }
    // One by one: below /proc, Node's own `recursive` never ends.
    for (const folder of missing) makeOne(folder);
  } catch (error) {
    throw explainWriteError(error, path);
  }
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process was faster.
    if (errorCode(error) !== 'EEXIST' || !statSync(folder).isDirectory()) throw error;
  }
}

/** `ENOENT` and the like, of an error of the file system. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}
