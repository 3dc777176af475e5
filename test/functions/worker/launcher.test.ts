import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { launcherAt } from '../../../functions/worker/launcher.ts';
import { makeTempDir } from '../../../shared/base/files.ts';

const folder = makeTempDir('launcher');

function program(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** What is chosen, and what is told. */
function choose(path: string) {
  const told: string[] = [];
  const launcher = launcherAt(path, {
    warn: (message) => told.push(message),
    metric: (name, value) => told.push(`${name} ${value}`),
  });
  return { launcher, told };
}

test('what can confine is used', () => {
  const path = program('able', 'exec "$@"');
  expect(choose(path)).toEqual({ launcher: path, told: [] });
});

test.each([
  ['says that it cannot', () => program('unable', 'echo not here >&2; exit 1'), 'not here'],
  ['only fails', () => program('silent', 'exit 3'), 'it ended with 3'],
  ['is not there', () => join(folder, 'none'), `spawnSync ${join(folder, 'none')} ENOENT`],
])('what %s is not, and each order tells', (_, make, reason) => {
  const path = make();
  const told = [`models run with a network: ${reason}`, 'Unconfined 1'];
  expect(choose(path)).toEqual({ launcher: undefined, told });
  expect(choose(path).told).toEqual(told);
});
