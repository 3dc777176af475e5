import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withTempDir } from '../../shared/base/files.ts';
import { ROOT } from '../architecture/sources.ts';

const RIE = /^aws-lambda-rie \S+ /;

/** What the script says of one tool, line by line; it ends well, whatever happens. */
function referees(folder: string, ...args: string[]): Promise<string> {
  const env = { PATH: join(folder, 'path'), FETTLE_REFEREES: join(folder, 'referees') };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [join(ROOT, 'scripts/referees.ts'), 'aws-lambda-rie', ...args],
      { env },
      (error, stdout) => (error ? reject(error) : resolve(stdout.trim().replace(RIE, ''))),
    );
  });
}

/** A machine whose Go is this script. */
async function withGo<T>(script: string, use: (folder: string) => Promise<T>): Promise<T> {
  return withTempDir('test', async (folder) => {
    mkdirSync(join(folder, 'path'));
    const go = join(folder, 'path', 'go');
    writeFileSync(go, `#!/bin/sh\n[ "$1" = env ] && { echo go1.25.3; exit; }\n${script}\n`);
    chmodSync(go, 0o755);
    return use(folder);
  });
}

it('installs what is missing, once', () =>
  withGo('echo >&2 "$2"; /bin/mkdir "$GOBIN"; echo > "$GOBIN/aws-lambda-rie"', async (folder) => {
    expect(await referees(folder)).toMatch(/^installed in \d+ s$/);
    const [made = ''] = readdirSync(join(folder, 'referees'));
    expect(existsSync(join(folder, 'referees', made, 'bin', 'aws-lambda-rie'))).toBe(true);
    expect(await referees(folder)).toBe('is there');
  }));

it('says why something was left out, and tries it again', () =>
  withGo('echo >&2 "no such module: $2"; exit 1', async (folder) => {
    for (const _ of ['once', 'twice'])
      expect(await referees(folder)).toMatch(/^LEFT OUT: .*no such module: github\.com\/aws\//s);
  }));

it('ends what takes too long, with all that it has started', () =>
  withGo('/bin/sleep 60 & wait', async (folder) => {
    const begun = Date.now();
    expect(await referees(folder, '--seconds', '1')).toMatch(/^LEFT OUT: .*the time is over$/);
    expect(Date.now() - begun).toBeLessThan(20_000);
  }));

it('does without Go and Python', () =>
  withTempDir('test', async (folder) => {
    expect(await referees(folder)).toContain('LEFT OUT: no Python 3 with venv');
  }));
