/** The Action as `uses: OWNER/fettle@v1` finds it: the last commit, with nothing installed. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../architecture/sources.ts';

/** Below the folder, without the tests, which nothing of it reads. */
export function checkOutAction(folder: string): string {
  const target = join(folder, 'fettle');
  mkdirSync(target);
  const archive = execFileSync('git', ['archive', 'HEAD', '.', ':!test'], {
    cwd: ROOT,
    maxBuffer: 512 * 1024 * 1024,
  });
  execFileSync('tar', ['-x', '-C', target], { input: archive });
  return target;
}
