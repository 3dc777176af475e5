import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const script = `
import { exitOnSignals } from ${JSON.stringify(new URL('../../shared/cli/signals.ts', import.meta.url).href)};
exitOnSignals(process.stderr);
exitOnSignals(process.stderr);
process.on('exit', () => console.log('cleaned'));
setInterval(() => {}, 1000);
console.log('ready');`;

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends with %i, and exit handlers run', async (signal, code) => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    if (String(chunk).includes('ready')) child.kill(signal);
  });
  const [exit] = await once(child, 'close');
  expect(exit).toBe(code);
  expect(stdout).toContain('cleaned');
});
