import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, expect, test } from 'vitest';
import { zipNames } from '../../shared/formats/zip-names.ts';

const dir = mkdtempSync(join(tmpdir(), 'fettle-test-'));
afterAll(() => rmSync(dir, { recursive: true }));

test('gives the names and unpacks nothing', async () => {
  const path = join(dir, 'a.zip');
  writeFileSync(path, zipSync({ 'a/b.txt': new Uint8Array(3), 'c.npy': new Uint8Array(1) }));
  expect(await zipNames(path)).toEqual(['a/b.txt', 'c.npy']);
});

test('a damaged archive is an input error', async () => {
  const path = join(dir, 'b.zip');
  writeFileSync(path, 'PK\x03\x04 and then nothing');
  await expect(zipNames(path)).rejects.toMatchObject({ exitCode: 2 });
});
