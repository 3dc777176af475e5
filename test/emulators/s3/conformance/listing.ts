/** Lists: prefixes, delimiters, pages. */
import { ListObjectsV2Command, type ListObjectsV2CommandInput } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import type { Bench, Case } from './case.ts';
import { ODD_KEYS } from './objects.ts';

const list = ({ client, bucket }: Bench, more: Partial<ListObjectsV2CommandInput>) =>
  client.send(new ListObjectsV2Command({ Bucket: bucket, ...more }));

async function allKeys(bench: Bench, more: Partial<ListObjectsV2CommandInput>) {
  const pages: string[][] = [];
  let token: string | undefined;
  do {
    const page = await list(bench, { ...more, ...(token && { ContinuationToken: token }) });
    const keys = (page.Contents ?? []).map(({ Key = '' }) => Key);
    pages.push([...keys, ...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix)]);
    token = page.NextContinuationToken;
    expect(page.IsTruncated).toBe(token !== undefined);
    expect(page.KeyCount).toBe(pages.at(-1)?.length);
  } while (token !== undefined);
  return pages;
}

const keys = Array.from({ length: 12 }, (_, i) => `list/${i % 3}/${String(i).padStart(2, '0')}`);

/** In the order of their bytes, which is not that of UTF-16. */
const LISTED = [...ODD_KEYS, '\uffee', '😀']
  .map((key) => `names/${key}`)
  .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

export const listingCases: readonly Case[] = [
  {
    name: 'keys come in order, page by page',
    run: async (bench) => {
      for (const key of keys) await bench.put(key, 'x');
      const pages = await allKeys(bench, { Prefix: 'list/', MaxKeys: 5 });
      expect(pages.map((page) => page.length)).toEqual([5, 5, 2]);
      expect(pages.flat()).toEqual(keys.toSorted());
    },
  },
  {
    name: 'a delimiter gathers what has a common prefix, page by page',
    run: async (bench) => {
      for (const key of keys) await bench.put(key, 'x');
      await bench.put('list/1.txt', 'x');
      const whole = await allKeys(bench, { Prefix: 'list/', Delimiter: '/' });
      expect(whole.flat().toSorted()).toEqual(['list/0/', 'list/1.txt', 'list/1/', 'list/2/']);
      const paged = await allKeys(bench, { Prefix: 'list/', Delimiter: '/', MaxKeys: 1 });
      expect(paged.flat()).toEqual(['list/0/', 'list/1.txt', 'list/1/', 'list/2/']);
    },
  },
  {
    name: 'a list begins after a key',
    run: async (bench) => {
      for (const key of keys) await bench.put(key, 'x');
      const after = await allKeys(bench, { Prefix: 'list/2/', StartAfter: 'list/2/05' });
      expect(after.flat()).toEqual(['list/2/08', 'list/2/11']);
    },
  },
  {
    name: 'sizes and tags are those of the objects',
    run: async (bench) => {
      const { ETag } = await bench.put('listed', 'four');
      const { Contents } = await list(bench, { Prefix: 'listed' });
      expect(Contents).toMatchObject([{ Key: 'listed', Size: 4, ETag }]);
      expect(Contents?.[0]?.LastModified).toBeInstanceOf(Date);
    },
  },
  {
    name: 'odd keys are listed in the order of their bytes',
    run: async (bench) => {
      for (const key of LISTED) await bench.put(key, 'x');
      expect((await allKeys(bench, { Prefix: 'names/', MaxKeys: 3 })).flat()).toEqual(LISTED);
    },
  },
  {
    name: 'keys are listed encoded on request',
    run: async (bench) => {
      for (const key of LISTED) await bench.put(key, 'x');
      const { Contents } = await list(bench, { Prefix: 'names/', EncodingType: 'url' });
      const decoded = Contents?.map(({ Key = '' }) =>
        decodeURIComponent(Key.replaceAll('+', '%20')),
      );
      expect(decoded).toEqual(LISTED);
    },
  },
  {
    name: 'nothing is a list too',
    run: async (bench) => {
      expect(await allKeys(bench, { Prefix: 'no/such/keys' })).toEqual([[]]);
    },
  },
];
