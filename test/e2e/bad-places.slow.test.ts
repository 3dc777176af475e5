/** Places that fail while writing: a full disk, a read-only one. They need a mount, so they run as root; elsewhere they say that they are skipped. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DIGITS, makePlace, type Place, spawnFettle } from './fettle.ts';
import { machineHas } from './machine-has.ts';

let place: Place;
const mounted: string[] = [];
beforeEach(() => {
  place = makePlace();
});
afterEach(() => {
  for (const path of mounted.splice(0)) execFileSync('umount', [path]);
  place.remove();
});

/** Mounts a small file system in memory; `false` where that is not allowed, but in CI an error. */
function mount(path: string, options: string): boolean {
  mkdirSync(path, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'pipe' });
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : error;
    return machineHas(false, `the right to mount a tmpfs (${why})`, 'Run it as root.');
  }
  mounted.push(path);
  return true;
}

const OPTIMIZE = ['optimize', DIGITS, '--variants', 'float32', '--seconds', '1'];

test('a full output disk: exit 4, nothing half-written', async ({ skip }) => {
  const out = place.path('out');
  if (!mount(out, 'size=24k')) skip();
  const { code, stderr } = await spawnFettle(place, [...OPTIMIZE, '-o', 'out']);
  expect(stderr).toMatch(/disk is full/);
  expect(code).toBe(4);
  expect(readdirSync(out)).toEqual([]);
});

test('a full store: exit 4, and the next run with room works', async ({ skip }) => {
  const store = place.path('store');
  if (!mount(store, 'size=24k')) skip();
  const full = await spawnFettle({ ...place, store }, [...OPTIMIZE, '-o', 'out']);
  expect(full.stderr).toMatch(/disk is full.*FETTLE_STORE/s);
  expect(full.code).toBe(4);
  execFileSync('mount', ['-o', 'remount,size=8m', store]);
  expect((await spawnFettle({ ...place, store }, [...OPTIMIZE, '-o', 'out'])).code).toBe(0);
});

test('a read-only output: exit 2 before any work', async ({ skip }) => {
  const out = place.path('out');
  if (!mount(out, 'size=1m')) skip();
  writeFileSync(`${out}/mine`, 'x');
  execFileSync('mount', ['-o', 'remount,ro', out]);
  const started = performance.now();
  const { code, stderr } = await spawnFettle(place, [...OPTIMIZE, '-o', 'out']);
  expect(stderr).toMatch(/cannot write .*out.*EROFS/);
  expect(code).toBe(2);
  expect(performance.now() - started).toBeLessThan(5000);
  expect(readdirSync(out)).toEqual(['mine']);
});
