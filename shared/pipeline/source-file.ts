/** Where a model's bytes lie: at the path that the user named, or where a Git LFS pointer there leads. */
import { stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { explainReadError } from '../base/files.ts';
import { resolveLfsPointer } from '../base/lfs-pointer.ts';
import { detectEntry } from '../formats/detect.ts';

/** The path itself, or the object that a Git LFS pointer stands for. @throws InputError that names `shown` */
export async function sourceFile(path: string, shown = path): Promise<string> {
  try {
    return (await stat(path)).isFile() ? await resolveLfsPointer(path) : path;
  } catch (error) {
    throw explainReadError(error, shown);
  }
}

/**
 * The files besides the one that names the model, where the user's path says that they lie: of a Git LFS object
 * beside the pointer. @throws as detection and the reader of the format's header do
 */
export async function filesBeside(path: string): Promise<readonly string[]> {
  const file = await sourceFile(path);
  const { files } = await detectEntry(file, path);
  return ((await files?.(file)) ?? [])
    .filter((one) => one !== file)
    .map((one) => join(dirname(path), relative(dirname(file), one)));
}
