/**
 * Files that a file names beside itself: a stranger's model may not lead out of its folder, neither by a
 * path nor through a link (CWE-22, CWE-59).
 */
import { lstatSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { errorCode } from './files.ts';

export type InsideFolder =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'missing' | 'too-long'; readonly cause: unknown }
  /** The path goes up or is absolute; it is a link to outside; it is a pipe, a device or a folder. */
  | { readonly kind: 'outside' | 'link' | 'special' };

/** What `location`, relative to `folder`, leads to. The file is not opened: a pipe may react to that. */
export function findInside(folder: string, location: string): InsideFolder {
  if (!isInside(location)) return { kind: 'outside' };
  let real: string;
  let root: string;
  try {
    root = realpathSync(folder);
    real = realpathSync(join(folder, location));
  } catch (cause) {
    return { kind: errorCode(cause) === 'ENAMETOOLONG' ? 'too-long' : 'missing', cause };
  }
  const path = relative(root, real);
  if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) return { kind: 'link' };
  return lstatSync(real).isFile() ? { kind: 'file', path: real } : { kind: 'special' };
}

/** A relative path that never goes up; a backslash or a drive would mean more on another system. */
export function isInside(location: string): boolean {
  return (
    location !== '' &&
    !isAbsolute(location) &&
    !/^[A-Za-z]:|\\|\0/.test(location) &&
    !location.split('/').includes('..')
  );
}
