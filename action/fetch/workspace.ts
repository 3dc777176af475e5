/** Files of the runner's checkout that are those of a commit: known by their content, whatever was checked out. */
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { findInside } from '../../shared/base/inside-folder.ts';
import type { RepositoryFile } from '../changes/model-change.ts';

/**
 * The file in the checkout with the content of `file`, or `undefined`: there may be no checkout, of another commit, or
 * with the pointers of Git LFS in the place of files. `root`: of the checkout.
 */
export async function findInWorkspace(
  root: string | undefined,
  { path, blob, bytes, lfs }: RepositoryFile,
): Promise<string | undefined> {
  if (root === undefined) return undefined;
  const found = findInside(root, path);
  if (found.kind !== 'file') return undefined;
  const { size } = statSync(found.path);
  if (lfs) {
    const isIt = size === lfs.bytes && (await hashFile(found.path, 'sha256')) === lfs.sha256;
    return isIt ? found.path : undefined;
  }
  if (size !== bytes) return undefined;
  // Git's name of a file: its kind and length before its bytes.
  const id = await hashFile(found.path, blob.length === 64 ? 'sha256' : 'sha1', `blob ${size}\0`);
  return id === blob ? found.path : undefined;
}

async function hashFile(path: string, algorithm: string, head = ''): Promise<string> {
  const hash = createHash(algorithm).update(head);
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
