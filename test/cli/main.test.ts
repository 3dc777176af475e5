import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../e2e/fettle.ts';

const MAIN = join(REPOSITORY, 'shared/cli/main.ts');

test('a reader that stops early is no error', async () => {
  const child = spawn(process.execPath, [MAIN, 'optimize', '--help'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
