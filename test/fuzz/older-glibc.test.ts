import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../architecture/sources.ts';
import { forOlderGlibc } from './older-glibc.ts';

const addon = join(ROOT, 'node_modules/@jazzer.js/fuzzer/prebuilds/fuzzer-linux-x64.node');

it.skipIf(!existsSync(addon))('changes few bytes of the addon, and the same again', () => {
  const original = readFileSync(addon);
  const changed = forOlderGlibc(original);
  expect(changed.length).toBe(original.length);
  const differing = changed.filter((byte, index) => byte !== original[index]).length;
  // Two flags of versions; name and version of two symbols; the binding of one.
  expect(differing).toBeGreaterThanOrEqual(5);
  expect(differing).toBeLessThan(20);
});

it('refuses what is no library', () => {
  expect(() => forOlderGlibc(Buffer.from('MZ, a library of another system'))).toThrow('ELF-64');
});
