import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { isIgnored } from '../../../shared/cli/init/ignore.ts';

test('as Git says, for folders below the root too', async () => {
  const root = makeTempDir('ignore');
  execFileSync('git', ['init', '-q'], { cwd: root });
  const sub = join(root, 'sub');
  mkdirSync(sub);
  expect(await isIgnored(sub, 'fettle-out/')).toBe(false);
  writeFileSync(join(root, '.gitignore'), '*-out/\n');
  expect(await isIgnored(sub, 'fettle-out/')).toBe(true);
});

test('without Git by the lines of the file', async () => {
  const folder = makeTempDir('ignore');
  expect(await isIgnored(folder, 'fettle-out/')).toBe(false);
  writeFileSync(join(folder, '.gitignore'), 'x\r\n/fettle-out\r\n');
  expect(await isIgnored(folder, 'fettle-out/')).toBe(true);
  expect(await isIgnored(folder, 'fettle/')).toBe(false);
});
