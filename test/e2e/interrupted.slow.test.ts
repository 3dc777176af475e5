/** Runs that end early or overlap: nothing half-written, nothing left running, and the next run goes on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DIGITS, makePlace, type Place, REPOSITORY, spawnFettle } from './fettle.ts';

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => place.remove());

const DATA = join(REPOSITORY, 'examples/digits/test.npz');
const argv = ['optimize', DIGITS, '--data', DATA, '--variants', 'float16', '-o', 'out'];

function start(): ReturnType<typeof spawn> {
  return spawn(process.execPath, [join(REPOSITORY, 'shared/cli/main.ts'), ...argv], {
    cwd: place.folder,
    env: { ...process.env, FETTLE_STORE: place.store, TMPDIR: place.path('tmp') },
    stdio: 'ignore',
  });
}

/** A module that writes the process's own CPU time, microseconds, when it ends. */
const REPORT_CPU = `data:text/javascript,${encodeURIComponent(
  'process.on("exit", () => { const { user, system } = process.cpuUsage(); process.stderr.write("CPU " + (user + system) + "\\n"); })',
)}`;

/** Processes whose environment names this place's store, by pid (Linux). */
async function leftRunning(): Promise<string[]> {
  const left: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const isOurs = environment.includes(place.store) || environment.includes(place.path('tmp'));
    if (isOurs && Number(pid) !== process.pid && !/^State:\tZ/m.test(status)) left.push(pid);
  }
  return left;
}

/** Waits for a step to be in the store: the run is in the middle. */
async function untilStep(name: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (existsSync(join(place.store, 'steps', name))) return;
    await sleep(50);
  }
  throw new Error(`no ${name} within 30 s`);
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s: exit %i, no child left, no part left, and the next run goes on',
  async (signal, code) => {
    const child = start();
    await untilStep('split');
    child.kill(signal);
    expect((await once(child, 'exit'))[0]).toBe(code);
    await expect.poll(leftRunning, { timeout: 5000 }).toEqual([]);
    expect(existsSync(place.path('out')) ? readdirSync(place.path('out')) : []).toEqual([]);
    // Node keeps compiled code there for the next start.
    const left = existsSync(place.path('tmp')) ? readdirSync(place.path('tmp')) : [];
    expect(left.filter((name) => name !== 'node-compile-cache')).toEqual([]);
    const again = await spawnFettle(place, argv);
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/read and optimize exactly · known from before/);
  },
);

test('SIGKILL: children end by themselves and the next run goes on', async () => {
  const child = start();
  await untilStep('split');
  child.kill('SIGKILL');
  await once(child, 'exit');
  await expect.poll(leftRunning, { timeout: 10_000 }).toEqual([]);
  expect((await spawnFettle(place, argv)).code).toBe(0);
});

test('two runs at once on one store are harmless, and give the same artifacts', async () => {
  const [one, two] = await Promise.all([
    spawnFettle(place, [...argv.slice(0, -1), 'one']),
    spawnFettle(place, [...argv.slice(0, -1), 'two']),
  ]);
  expect([one.code, two.code]).toEqual([0, 0]);
  const artifact = async (folder: string): Promise<unknown> => {
    const { files } = JSON.parse(await readFile(place.path(`${folder}/manifest.json`), 'utf8'));
    return files.filter(({ variant }: { variant?: string }) => variant !== undefined);
  };
  expect(await artifact('one')).toEqual(await artifact('two'));
});

test('a second run computes nothing again and takes less than a second', async () => {
  await spawnFettle(place, argv);
  const { code, stderr } = await spawnFettle(place, argv, { importing: REPORT_CPU });
  expect(code).toBe(0);
  const lines = stderr.split('\n').filter((text) => /^ {2}\[/.test(text));
  expect(lines.length).toBeGreaterThan(4);
  for (const line of lines) expect(line).toContain('known from before');
  // Of the processor, since other processes share the machine.
  const seconds = Number(/^CPU (\d+)$/m.exec(stderr)?.[1]) / 1e6;
  expect(seconds).toBeLessThan(1);
});
