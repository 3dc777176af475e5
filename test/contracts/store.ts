/** What every store adapter promises. An adapter's test calls this with a way to make an empty one. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Digest } from '../../shared/base/brand.ts';
import { digestBytes } from '../../shared/base/digest.ts';
import { withTempDir } from '../../shared/base/files.ts';
import type { StepRecord, Store } from '../../shared/pipeline/store/store.ts';

const record = (output: unknown, blobs: readonly Digest[] = []): StepRecord => ({
  step: 'double',
  version: 1,
  key: 'k'.repeat(64),
  output,
  blobs,
  seconds: 0.5,
});

export function storeContract(name: string, make: () => Promise<Store>): void {
  describe(`store contract: ${name}`, () => {
    test('an unknown step is absent', async () => {
      expect(await (await make()).readStep('double', 'x')).toBeUndefined();
    });

    test('a record comes back as it was written', async () => {
      const store = await make();
      expect(await store.writeStep(record({ a: [1] }))).toEqual(record({ a: [1] }));
      expect(await store.readStep('double', 'k'.repeat(64))).toEqual(record({ a: [1] }));
      expect(await store.readStep('other', 'k'.repeat(64))).toBeUndefined();
    });

    test('the first writer wins and the second goes on with its result', async () => {
      const store = await make();
      await store.writeStep(record(1));
      expect(await store.writeStep(record(2))).toEqual(record(1));
      expect((await store.readStep('double', 'k'.repeat(64)))?.output).toBe(1);
    });

    test('a measurement may be replaced', async () => {
      const store = await make();
      await store.writeStep(record(1));
      await store.writeStep(record(2), { replace: true });
      expect((await store.readStep('double', 'k'.repeat(64)))?.output).toBe(2);
    });

    test('of twenty racing writers all see one result', async () => {
      const store = await make();
      const seen = await Promise.all(
        Array.from({ length: 20 }, (_, index) => store.writeStep(record(index))),
      );
      expect(new Set(seen.map(({ output }) => output)).size).toBe(1);
    });

    test('bytes come back under their digest, from memory and from a file', async () => {
      const store = await make();
      const digest = await store.putBytes('hello');
      expect(digest).toBe(digestBytes('hello'));
      expect(readFileSync(await store.pathOf(digest), 'utf8')).toBe('hello');
      await withTempDir('test', async (folder) => {
        const path = join(folder, 'x');
        await writeFile(path, 'hello');
        expect(await store.putFile(path)).toBe(digest);
        await writeFile(path, 'world');
        const other = await store.putFile(path);
        await writeFile(path, 'changed after it was taken in');
        expect(readFileSync(await store.pathOf(other), 'utf8')).toBe('world');
        expect(readFileSync(path, 'utf8')).toContain('changed');
      });
    });

    test('racing writers of the same bytes are harmless', async () => {
      const store = await make();
      const data = new Uint8Array(100_000).fill(7);
      const digests = await Promise.all(Array.from({ length: 10 }, () => store.putBytes(data)));
      expect(new Set(digests)).toEqual(new Set([digestBytes(data)]));
      expect(readFileSync(await store.pathOf(digestBytes(data))).length).toBe(100_000);
    });

    test('bytes that are not there are an input error', async () => {
      const store = await make();
      expect(await store.hasBlob(digestBytes('nothing'))).toBe(false);
      await expect(store.pathOf(digestBytes('nothing'))).rejects.toMatchObject({ exitCode: 2 });
    });

    test('a record whose bytes are gone is absent, and can be written anew', async () => {
      const store = await make();
      await store.writeStep(record('old', [digestBytes('gone')]));
      expect(await store.readStep('double', 'k'.repeat(64))).toBeUndefined();
      const blob = await store.putBytes('there');
      expect((await store.writeStep(record('new', [blob]))).output).toBe('new');
      expect((await store.readStep('double', 'k'.repeat(64)))?.output).toBe('new');
    });
  });
}
