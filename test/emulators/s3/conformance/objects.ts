/** Single objects: put, get, head, delete, copy. */
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { type Case, digest, noise, refusal } from './case.ts';

export const ODD_KEYS = ['a b/ü+%41/x?.onnx', 'a&b=c;d', '日本', "it's (!) *", '~.-_'];

export const objectCases: readonly Case[] = [
  {
    name: 'buckets are listed and found',
    run: async ({ client, bucket }) => {
      const { Buckets } = await client.send(new ListBucketsCommand());
      expect(Buckets?.map(({ Name }) => Name)).toContain(bucket);
      await client.send(new HeadBucketCommand({ Bucket: bucket }));
      const missing = client.send(new HeadBucketCommand({ Bucket: 'no-such-bucket-here' }));
      expect(await refusal(missing)).toMatch(/ 404$/);
    },
  },
  {
    name: 'an object comes back with its headers',
    run: async (bench) => {
      const data = noise(1000);
      const put = await bench.put('plain', data, {
        Metadata: { foo: 'bar' },
        ContentType: 'application/x-onnx',
        CacheControl: 'no-cache',
      });
      expect(put.ETag).toBe(`"${digest('md5', data).toString('hex')}"`);
      const head = await bench.client.send(
        new HeadObjectCommand({ Bucket: bench.bucket, Key: 'plain' }),
      );
      expect(head).toMatchObject({
        ContentLength: 1000,
        Metadata: { foo: 'bar' },
        ContentType: 'application/x-onnx',
        CacheControl: 'no-cache',
        ETag: put.ETag,
      });
      expect((await bench.bytes('plain')).equals(data)).toBe(true);
    },
  },
  {
    name: 'an empty object is an object',
    run: async (bench) => {
      await bench.put('empty', '');
      expect(await bench.bytes('empty')).toHaveLength(0);
    },
  },
  {
    name: 'what is missing is said to be',
    run: async (bench) => {
      const { client, bucket } = bench;
      expect(await refusal(bench.get('nothing'))).toBe('NoSuchKey 404');
      const head = client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'nothing' }));
      expect(await refusal(head)).toBe('NotFound 404');
      const put = client.send(new PutObjectCommand({ Bucket: 'no-such-bucket-here', Key: 'a' }));
      expect(await refusal(put)).toBe('NoSuchBucket 404');
    },
  },
  {
    name: 'odd keys keep their names',
    run: async (bench) => {
      for (const key of ODD_KEYS) {
        await bench.put(`odd/${key}`, key);
        expect(await bench.text(`odd/${key}`)).toBe(key);
      }
    },
  },
  {
    name: 'keys are no paths',
    run: async (bench) => {
      for (const key of ['folder/', 'folder//x', 'folder/x']) await bench.put(key, key);
      for (const key of ['folder/', 'folder//x', 'folder/x'])
        expect(await bench.text(key)).toBe(key);
    },
  },
  {
    name: 'ranges of the beginning, the end and between',
    run: async (bench) => {
      const data = noise(100);
      await bench.put('range', data);
      const first = await bench.get('range', { Range: 'bytes=0-9' });
      expect(first.$metadata.httpStatusCode).toBe(206);
      expect(first.ContentRange).toBe('bytes 0-9/100');
      expect(await first.Body?.transformToByteArray()).toEqual(
        new Uint8Array(data.subarray(0, 10)),
      );
      expect(await bench.bytes('range', { Range: 'bytes=-5' })).toEqual(data.subarray(95));
      expect(await bench.bytes('range', { Range: 'bytes=50-' })).toEqual(data.subarray(50));
      expect(await bench.bytes('range', { Range: 'bytes=90-900' })).toEqual(data.subarray(90));
      expect(await refusal(bench.get('range', { Range: 'bytes=500-600' }))).toBe(
        'InvalidRange 416',
      );
    },
  },
  {
    name: 'a stream is stored as it is, without the encoding of its transfer',
    run: async (bench) => {
      const data = noise(300_000);
      await bench.put('stream', Readable.from([data]), { ContentLength: data.length });
      expect((await bench.bytes('stream')).equals(data)).toBe(true);
      const head = new HeadObjectCommand({ Bucket: bench.bucket, Key: 'stream' });
      expect((await bench.client.send(head)).ContentEncoding ?? '').toBe('');
    },
  },
  {
    name: 'a copy keeps metadata, or takes new ones',
    run: async (bench) => {
      const { client, bucket } = bench;
      await bench.put('source a', 'abc', { Metadata: { x: '1' } });
      const copy = (key: string, more: object = {}) =>
        client.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key: key,
            CopySource: encodeURI(`${bucket}/source a`),
            ...more,
          }),
        );
      const metadata = async () =>
        (await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'copy' }))).Metadata;
      await copy('copy');
      expect(await metadata()).toEqual({ x: '1' });
      expect(await bench.text('copy')).toBe('abc');
      await copy('copy', { MetadataDirective: 'REPLACE', Metadata: { y: '2' } });
      expect(await metadata()).toEqual({ y: '2' });
      const gone = copy('copy', { CopySource: `${bucket}/nothing` });
      expect(await refusal(gone)).toBe('NoSuchKey 404');
    },
  },
  {
    name: 'objects are deleted one by one and together, also those that are not there',
    run: async (bench) => {
      const { client, bucket } = bench;
      await bench.put('gone/1', '1');
      await bench.put('gone/2', '2');
      await bench.put('gone/3', '3');
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'gone/1' }));
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'gone/never' }));
      const objects = ['gone/2', 'gone/3', 'gone/never'].map((Key) => ({ Key }));
      const { Deleted, Errors } = await client.send(
        new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects } }),
      );
      expect(Deleted?.map(({ Key }) => Key)).toEqual(objects.map(({ Key }) => Key));
      expect(Errors ?? []).toEqual([]);
      for (const key of ['gone/1', 'gone/2', 'gone/3'])
        expect(await refusal(bench.get(key))).toBe('NoSuchKey 404');
    },
  },
];
