/** Where a model's bytes lie: at the path that the user named, or where a Git LFS pointer there leads. */
import { stat } from 'node:fs/promises';
import { explainReadError } from '../base/files.ts';
import { resolveLfsPointer } from '../base/lfs-pointer.ts';

/** The path itself, or the object that a Git LFS pointer stands for. @throws InputError that names `shown` */
export async function sourceFile(path: string, shown = path): Promise<string> {
  try {
    return (await stat(path)).isFile() ? await resolveLfsPointer(path) : path;
  } catch (error) {
    throw explainReadError(error, shown);
  }
}
