/** What every adapter of the object port promises. An adapter's test calls this with a way to make an empty one. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { withTempDir } from '../../shared/base/files.ts';
import type { ObjectStore } from '../../shared/pipeline/distributed/object-store.ts';
import { casesKnowing, type KnownDifferences } from './known-differences.ts';

async function keysOf(found: AsyncIterable<{ readonly key: string }>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of found) keys.push(key);
  return keys;
}

async function textOf(store: ObjectStore, key: string): Promise<string | undefined> {
  const found = await store.get(key);
  return found && Buffer.from(found.bytes).toString();
}

export function objectStoreContract(
  name: string,
  make: () => Promise<ObjectStore>,
  known: KnownDifferences = {},
): void {
  describe(`object store contract: ${name}`, () => {
    const test = casesKnowing(known);
    test('what is not there is undefined, and deleting it is nothing', async () => {
      const store = await make();
      expect(await store.head('a/b')).toBeUndefined();
      expect(await store.get('a/b')).toBeUndefined();
      expect(await keysOf(store.list(''))).toEqual([]);
      await store.delete(['a/b']);
    });

    test('bytes come back with what is known of them', async () => {
      const store = await make();
      const written = await store.put('a/b.json', '{"ä":1}', { contentType: 'application/json' });
      const found = await store.get('a/b.json');
      expect(Buffer.from(found?.bytes ?? []).toString()).toBe('{"ä":1}');
      expect(found?.info).toMatchObject({ key: 'a/b.json', bytes: 8, etag: written?.etag });
      expect(await store.head('a/b.json')).toEqual(found?.info);
      expect(Math.abs(Date.now() - (found?.info.lastModified.getTime() ?? 0))).toBeLessThan(60_000);
    });

    test('ranges, also empty ones and across the end', async () => {
      const store = await make();
      await store.put('r', '0123456789');
      const range = async (offset: number, length: number) => {
        const found = await store.get('r', { range: [offset, length] });
        expect(found?.info.bytes).toBe(10);
        return Buffer.from(found?.bytes ?? []).toString();
      };
      expect(await range(2, 3)).toBe('234');
      expect(await range(8, 10)).toBe('89');
      expect(await range(3, 0)).toBe('');
    });

    test('an empty object is an object', async () => {
      const store = await make();
      await store.put('empty', '');
      expect(await textOf(store, 'empty')).toBe('');
      expect((await store.head('empty'))?.bytes).toBe(0);
    });

    test('the first writer wins where there must be nothing', async () => {
      const store = await make();
      expect(await store.put('once', '1', { ifNoneMatch: '*' })).toBeDefined();
      expect(await store.put('once', '2', { ifNoneMatch: '*' })).toBeUndefined();
      expect(await textOf(store, 'once')).toBe('1');
    });

    test('compare and swap: over what was read, and nothing else', async () => {
      const store = await make();
      const first = await store.put('swap', '1');
      const second = await store.put('swap', '2', { ifMatch: first?.etag ?? '' });
      expect(second?.etag).not.toBe(first?.etag);
      expect(await store.put('swap', '3', { ifMatch: first?.etag ?? '' })).toBeUndefined();
      expect(await store.put('none', '3', { ifMatch: first?.etag ?? '' })).toBeUndefined();
      expect(await textOf(store, 'swap')).toBe('2');
    });

    test('of twenty that race to be first or next one wins', async () => {
      const store = await make();
      const race = async (text: string, conditions: object) => {
        const all = Array.from({ length: 20 }, (_, i) =>
          store.put('race', `${text} ${i}`, conditions),
        );
        const results = await Promise.all(all);
        return results.filter((result) => result !== undefined).length;
      };
      expect(await race('first', { ifNoneMatch: '*' })).toBe(1);
      expect(await race('next', { ifMatch: (await store.head('race'))?.etag })).toBe(1);
    });

    test('lists in the order of bytes, below a prefix, after a key, and what lies directly there', async () => {
      const store = await make();
      const keys = ['a/1', 'a/2/x', 'a/2/y', 'a/3', 'a.b', 'b', 'a/ü', 'a/Z'];
      for (const key of keys) await store.put(key, key);
      const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(await keysOf(store.list(''))).toEqual(sorted);
      expect(await keysOf(store.list('a/2'))).toEqual(['a/2/x', 'a/2/y']);
      expect(await keysOf(store.list('a/', { startAfter: 'a/2/x' }))).toEqual(
        sorted.filter((key) => key.startsWith('a/') && key > 'a/2/x'),
      );
      expect(await keysOf(store.list('a/', { delimiter: '/' }))).toEqual(
        sorted.filter((key) => /^a\/[^/]*$/.test(key)),
      );
    });

    test('files go in and come out', async () => {
      const store = await make();
      await withTempDir('test', async (folder) => {
        const [from, to] = [join(folder, 'from'), join(folder, 'to')];
        await writeFile(from, 'file');
        expect(await store.upload('f', from, { ifNoneMatch: '*' })).toBeDefined();
        expect(await store.upload('f', from, { ifNoneMatch: '*' })).toBeUndefined();
        await store.download('f', to);
        expect(await readFile(to, 'utf8')).toBe('file');
        const missing = store.download('g', join(folder, 'other'));
        await expect(missing).rejects.toMatchObject({ exitCode: 2 });
      });
    });

    test('copies, also on condition', async () => {
      const store = await make();
      await store.put('from', 'x');
      expect(await store.copy('from', 'to', { ifNoneMatch: '*' })).toBeDefined();
      expect(await textOf(store, 'to')).toBe('x');
      expect(await store.copy('from', 'to', { ifNoneMatch: '*' })).toBeUndefined();
      await expect(store.copy('nothing', 'to')).rejects.toMatchObject({ exitCode: 2 });
    });

    test('what is deleted is gone', async () => {
      const store = await make();
      for (const key of ['x', 'y', 'z']) await store.put(key, key);
      await store.delete(['x', 'z', 'never']);
      expect(await keysOf(store.list(''))).toEqual(['y']);
    });
  });
}
