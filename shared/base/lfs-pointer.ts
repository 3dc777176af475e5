/**
 * Git LFS pointers: the small text that stands in a checkout for a large file.
 *
 * Source: git-lfs `docs/spec.md`, version 1.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from './errors.ts';

/** The specification: a pointer is less than 1024 bytes. */
export const LFS_POINTER_MAX_BYTES = 1024;
const FIRST_LINE = 'version https://git-lfs.github.com/spec/v1\n';

export interface LfsPointer {
  /** SHA-256 of the real file, 64 hex digits. */
  readonly sha256: string;
  /** Of the real file. */
  readonly bytes: number;
}

/** The pointer in these bytes, or `undefined` when they are something else. */
export function parseLfsPointer(bytes: Uint8Array): LfsPointer | undefined {
  if (bytes.length >= LFS_POINTER_MAX_BYTES) return undefined;
  const text = new TextDecoder().decode(bytes);
  if (!text.startsWith(FIRST_LINE)) return undefined;
  const sha256 = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  const size = /^size (\d{1,15})$/m.exec(text)?.[1];
  return sha256 === undefined || size === undefined ? undefined : { sha256, bytes: Number(size) };
}

/**
 * The file itself, or, for a pointer, the object that it names in the repository's `.git/lfs/objects`.
 * @throws InputError with the command to run when the object is not there
 */
export async function resolveLfsPointer(path: string): Promise<string> {
  const pointer = await readPointer(path);
  if (pointer === undefined) return path;
  const { sha256, bytes } = pointer;
  for (const gitFolder of gitFoldersAbove(path)) {
    const object = join(
      gitFolder,
      'lfs',
      'objects',
      sha256.slice(0, 2),
      sha256.slice(2, 4),
      sha256,
    );
    // A download that was cut off leaves a shorter file under `tmp`, never here; checked all the same.
    if (existsSync(object) && statSync(object).size === bytes) return object;
  }
  throw new InputError(`${path} is a Git LFS pointer, its ${bytes} bytes are not here`, {
    where: path,
    hint: pullHint(path),
  });
}

/** What to run. Git LFS matches patterns from the repository's root, and a bare name at any depth. */
export const pullHint = (path: string): string => `Run: git lfs pull --include "${basename(path)}"`;

async function readPointer(path: string): Promise<LfsPointer | undefined> {
  // Not opened either: of a file that stands for one elsewhere, only the size is here.
  if ((await stat(path)).size >= LFS_POINTER_MAX_BYTES) return undefined;
  const file = await open(path, 'r');
  try {
    const buffer = new Uint8Array(LFS_POINTER_MAX_BYTES);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return parseLfsPointer(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** The `.git` folder of the repository around a path; for a worktree or submodule also the shared one. */
function gitFoldersAbove(path: string): string[] {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const git = join(folder, '.git');
    if (existsSync(git)) return statSync(git).isDirectory() ? [git] : linkedGitFolders(git);
    if (dirname(folder) === folder) return [];
  }
}

/** A `.git` file says `gitdir: PATH`; a worktree's folder there says in `commondir` where objects are. */
function linkedGitFolders(file: string): string[] {
  const target = /^gitdir: (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (target === undefined) return [];
  const folder = resolve(dirname(file), target);
  const common = join(folder, 'commondir');
  return existsSync(common)
    ? [folder, resolve(folder, readFileSync(common, 'utf8').trim())]
    : [folder];
}
