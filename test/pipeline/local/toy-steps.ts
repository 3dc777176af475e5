/** Steps for the executor's tests: quick, slow, greedy, crashing, failing. */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Digest } from '../../../shared/base/brand.ts';
import { UnsupportedError } from '../../../shared/base/errors.ts';
import type { Step, Tools } from '../../../shared/pipeline/step.ts';

const input = z.object({ journal: z.string(), x: z.number() });
type Input = z.infer<typeof input>;

const toy = (
  name: string,
  run: (x: number, tools: Tools) => Promise<number>,
): Step<Input, number> => ({
  name,
  version: 1,
  needs: 'cpu',
  runsModel: false,
  input,
  output: z.number(),
  estimate: () => ({ memoryBytes: 0, seconds: 0 }),
  blobs: (): Digest[] => [],
  run: async ({ journal, x }, tools) => {
    appendFileSync(journal, `${name} ${x} ${process.pid} ${process.env.TMPDIR}\n`);
    return run(x, tools);
  },
});

export const double = toy('double', async (x, tools) => {
  tools.progress({ fraction: 0.5, detail: 'half' });
  tools.log.info(`doubling ${x}`);
  return 2 * x;
});
export const sleeper = toy('sleeper', async (x) => {
  // A grandchild that must not outlive the kill.
  spawn('sleep', ['300'], { stdio: 'ignore' });
  await sleep(300_000);
  return x;
});
export const greedy = toy('greedy', async (x) => {
  const kept: Uint8Array[] = [];
  for (;;) {
    kept.push(new Uint8Array(20 * 2 ** 20).fill(1));
    await sleep(20);
    if (kept.length > 100) return x;
  }
});
export const crashing = toy('crashing', async () => {
  process.stderr.write('native trouble\n');
  process.abort();
});
export const refusing = toy('refusing', async () => {
  throw new UnsupportedError('no such op', { hint: 'use another' });
});
export const littering = toy('littering', async (x, { tempDir }) => {
  appendFileSync(join(tempDir, 'left'), 'x');
  return x;
});
/** Says what it knows by its environment, and where Python is. */
export const prying = toy('prying', async (x, { log }) => {
  const { FETTLE_PYTHON: python, ...others } = process.env;
  log.info(`python: ${python}`);
  log.info(`sees ${Object.keys(others).join(' ')}`);
  return x;
});

const STEPS = { double, sleeper, greedy, crashing, refusing, littering, prying };

export async function loadStep(name: string): Promise<Step<Input, number>> {
  const step = Object.entries(STEPS).find(([known]) => known === name)?.[1];
  if (!step) throw new Error(`no step ${name}`);
  return step;
}
