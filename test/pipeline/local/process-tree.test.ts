import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { groupMemory, killGroup, sumPs } from '../../../shared/pipeline/local/process-tree.ts';

test('sums the group in the listing of ps', () => {
  expect(sumPs('  10  100\n  11  50\n  10   24\n', 10)).toBe(124 * 1024);
});

test.runIf(process.platform !== 'win32')('measures a live group and ends it', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log(1)'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  const pid = child.pid ?? 0;
  expect(await groupMemory(pid)).toBeGreaterThan(10 * 2 ** 20);
  killGroup(pid);
  await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  killGroup(pid);
});
