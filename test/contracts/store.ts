/** What every store adapter promises. An adapter's test calls this with a way to make an empty one. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Digest } from '../../shared/base/brand.ts';
import { digestBytes } from '../../shared/base/digest.ts';
import { withTempDir } from '../../shared/base/files.ts';
import { createRandom } from '../../shared/base/random.ts';
import type { StepRecord, Store } from '../../shared/pipeline/store/store.ts';
import { casesKnowing, type KnownDifferences } from './known-differences.ts';

/** Stores that put blobs together of chunks are made with this one. */
export const CONTRACT_CHUNK = 100_000;

const noise = (length: number): Buffer => {
  const random = createRandom(1);
  return Buffer.from(Uint8Array.from({ length }, () => random.below(256)));
};

const record = (output: unknown, blobs: readonly Digest[] = []): StepRecord => ({
  step: 'double',
  version: 1,
  key: 'k'.repeat(64),
  output,
  blobs,
  seconds: 0.5,
});

export function storeContract(
  name: string,
  make: () => Promise<Store>,
  known: KnownDifferences = {},
): void {
  describe(`store contract: ${name}`, () => {
    const test = casesKnowing(known);
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

    test('pieces become one blob, whose digest is that of a file with its bytes', async () => {
      const store = await make();
      const data = noise(5 * CONTRACT_CHUNK + 1000);
      const put = (bytes: Uint8Array) =>
        withTempDir('test', async (folder) => {
          await writeFile(join(folder, 'x'), bytes);
          return store.putFile(join(folder, 'x'));
        });
      const [head, tail] = [
        await put(data.subarray(0, 2 * CONTRACT_CHUNK + 300)),
        await put(data.subarray(CONTRACT_CHUNK)),
      ];
      const pieces = [
        { digest: head, offset: 0, length: 2 * CONTRACT_CHUNK },
        { digest: tail, offset: CONTRACT_CHUNK, length: 3 * CONTRACT_CHUNK + 1000 },
      ];
      const digests = await Promise.all([store.concat(pieces), store.concat(pieces)]);
      const joined = digests[0] ?? head;
      expect(digests[1]).toBe(joined);
      expect(readFileSync(await store.pathOf(joined)).equals(data)).toBe(true);
      expect(await put(data)).toBe(joined);
      expect(await store.concat([{ digest: joined, offset: 0, length: data.length }])).toBe(joined);
      const part = { digest: joined, offset: CONTRACT_CHUNK, length: 700 };
      expect(readFileSync(await store.pathOf(await store.concat([part])))).toHaveLength(700);
    });

    test('pieces of what is not there, or behind the end of a blob, are an input error', async () => {
      const store = await make();
      const digest = await store.putBytes('hello');
      const gone = digestBytes('nothing');
      for (const piece of [
        { digest: gone, offset: 0, length: 3 },
        { digest, offset: 0, length: 6 },
        { digest, offset: 4, length: 2 },
      ])
        await expect(store.concat([piece])).rejects.toMatchObject({ exitCode: 2 });
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
