import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { digestBytes } from '../../../shared/base/digest.ts';
import { FolderStore } from '../../../shared/pipeline/store/folder-store.ts';
import { CONTRACT_CHUNK, storeContract } from '../../contracts/store.ts';

const root = mkdtempSync(join(tmpdir(), 'fettle-test-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const fresh = (): string => join(root, `store${++count}`);

storeContract('folder', async () => new FolderStore(fresh()));

/** As if a chunk were already more than a plain digest covers. */
const SMALL = { plainMax: CONTRACT_CHUNK, chunk: CONTRACT_CHUNK };
storeContract('folder, large blobs', async () => new FolderStore(fresh(), SMALL));

test('lies as documented and leaves no parts behind', async () => {
  const folder = fresh();
  const store = new FolderStore(folder);
  const digest = await store.putBytes('hello');
  await store.writeStep({
    step: 's',
    version: 1,
    key: 'abc',
    output: 1,
    blobs: [digest],
    seconds: 0,
  });
  const hex = digest.slice('sha256:'.length);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
  expect(files.sort()).toEqual([hex, 'abc.json'].sort());
});

test('a damaged record is absent', async () => {
  const folder = fresh();
  const store = new FolderStore(folder);
  await store.writeStep({ step: 's', version: 1, key: 'abc', output: 1, blobs: [], seconds: 0 });
  writeFileSync(join(folder, 'steps', 's', 'abc.json'), '{"output": 1');
  expect(await store.readStep('s', 'abc')).toBeUndefined();
});

test('a store that cannot be written says so', async () => {
  const file = fresh();
  writeFileSync(file, 'not a folder');
  const store = new FolderStore(file);
  await expect(store.putBytes('x')).rejects.toMatchObject({ exitCode: 2 });
  expect(await store.hasBlob(digestBytes('x'))).toBe(false);
});
