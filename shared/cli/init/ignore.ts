/** Whether Git leaves a path alone. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** By `git check-ignore`; where Git cannot say, by the folder's own `.gitignore`, line by line. `path` may end in `/`. */
export async function isIgnored(folder: string, path: string): Promise<boolean> {
  try {
    await promisify(execFile)('git', ['check-ignore', '-q', '--', path], { cwd: folder });
    return true;
  } catch (error) {
    // 1: not ignored. Else there is no Git, or no repository that it takes.
    if (error instanceof Error && 'code' in error && error.code === 1) return false;
  }
  const file = join(folder, '.gitignore');
  if (!existsSync(file)) return false;
  const bare = path.replace(/\/$/, '');
  const patterns = new Set([bare, `${bare}/`, `/${bare}`, `/${bare}/`]);
  return readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .some((line) => patterns.has(line.trim()));
}
