/** Bytes of all files below a folder. */
import { globSync, lstatSync } from 'node:fs';
import { join } from 'node:path';

export function folderBytes(folder: string): number {
  return globSync(['**/*', '**/.*'], { cwd: folder })
    .map((path) => lstatSync(join(folder, path)))
    .filter((stats) => stats.isFile())
    .reduce((sum, stats) => sum + stats.size, 0);
}
