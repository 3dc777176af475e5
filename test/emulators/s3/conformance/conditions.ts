/** Conditional reads and writes, alone and in races. */
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { type Bench, type Case, refusal } from './case.ts';

const STALE = '"0123456789abcdef0123456789abcdef"';

const winners = (results: readonly PromiseSettledResult<unknown>[]): number =>
  results.filter(({ status }) => status === 'fulfilled').length;

const copy = ({ client, bucket }: Bench, from: string, Key: string, more: object) =>
  client.send(
    new CopyObjectCommand({ Bucket: bucket, CopySource: `${bucket}/${from}`, Key, ...more }),
  );

export const conditionCases: readonly Case[] = [
  {
    name: 'reads on condition',
    run: async (bench) => {
      const { ETag = '' } = await bench.put('read-if', 'x');
      expect(await bench.text('read-if', { IfMatch: ETag })).toBe('x');
      expect(await refusal(bench.get('read-if', { IfNoneMatch: ETag }))).toMatch(/ 304$/);
      expect(await refusal(bench.get('read-if', { IfMatch: STALE }))).toMatch(/ 412$/);
    },
  },
  {
    name: 'If-None-Match: * writes once',
    run: async (bench) => {
      await bench.put('once', '1', { IfNoneMatch: '*' });
      const again = bench.put('once', '2', { IfNoneMatch: '*' });
      expect(await refusal(again)).toBe('PreconditionFailed 412');
      expect(await bench.text('once')).toBe('1');
    },
  },
  {
    name: 'of sixteen that race with If-None-Match: * one wins',
    run: async (bench) => {
      const results = await Promise.allSettled(
        Array.from({ length: 16 }, (_, i) => bench.put('race', `${i}`, { IfNoneMatch: '*' })),
      );
      expect(winners(results)).toBe(1);
      const winner = results.findIndex(({ status }) => status === 'fulfilled');
      expect(await bench.text('race')).toBe(`${winner}`);
    },
  },
  {
    name: 'If-Match writes over what was read, and nothing else',
    run: async (bench) => {
      const { ETag = '' } = await bench.put('swap', '1');
      await bench.put('swap', '2', { IfMatch: ETag });
      const stale = bench.put('swap', '3', { IfMatch: ETag });
      expect(await refusal(stale)).toBe('PreconditionFailed 412');
      expect(await bench.text('swap')).toBe('2');
      expect(await refusal(bench.put('swap-none', '3', { IfMatch: ETag }))).toBe('NoSuchKey 404');
    },
  },
  {
    name: 'of sixteen that race with If-Match one wins',
    run: async (bench) => {
      const { ETag = '' } = await bench.put('swap-race', 'start');
      const results = await Promise.allSettled(
        Array.from({ length: 16 }, (_, i) => bench.put('swap-race', `${i}`, { IfMatch: ETag })),
      );
      expect(winners(results)).toBe(1);
    },
  },
  {
    name: 'a multipart upload completes once',
    run: async ({ client, bucket }) => {
      const target = { Bucket: bucket, Key: 'once-by-parts' };
      const upload = async (): Promise<unknown> => {
        const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
        const part = { ...target, UploadId, PartNumber: 1 };
        const { ETag } = await client.send(new UploadPartCommand({ ...part, Body: 'x' }));
        const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
        return client.send(
          new CompleteMultipartUploadCommand({
            ...target,
            UploadId,
            MultipartUpload,
            IfNoneMatch: '*',
          }),
        );
      };
      await upload();
      expect(await refusal(upload())).toBe('PreconditionFailed 412');
    },
  },
  {
    name: 'copies on condition of their source',
    run: async (bench) => {
      const { ETag } = await bench.put('copy-from', 'x');
      await copy(bench, 'copy-from', 'copy-if', { CopySourceIfMatch: ETag });
      const stale = copy(bench, 'copy-from', 'copy-if-2', { CopySourceIfMatch: STALE });
      expect(await refusal(stale)).toBe('PreconditionFailed 412');
    },
  },
  {
    name: 'copies on condition of their place',
    run: async (bench) => {
      await bench.put('copy-from', 'x');
      await copy(bench, 'copy-from', 'copy-to', { IfNoneMatch: '*' });
      const again = copy(bench, 'copy-from', 'copy-to', { IfNoneMatch: '*' });
      expect(await refusal(again)).toBe('PreconditionFailed 412');
    },
  },
  {
    name: 'DELETE with a stale If-Match is refused',
    run: async (bench) => {
      await bench.put('delete-if', '1');
      const gone = bench.client.send(
        new DeleteObjectCommand({ Bucket: bench.bucket, Key: 'delete-if', IfMatch: STALE }),
      );
      expect(await refusal(gone)).toBe('PreconditionFailed 412');
    },
  },
];
