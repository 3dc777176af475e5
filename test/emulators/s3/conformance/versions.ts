/** Buckets that keep versions. */
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { type Bench, type Case, refusal } from './case.ts';

/** A bucket of its own, whose names begin with the suite's. */
async function versioned({ client, bucket }: Bench, name: string): Promise<string> {
  const Bucket = `${bucket}-${name}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  await client.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  return Bucket;
}

export const versionCases: readonly Case[] = [
  {
    name: 'a bucket says where it is and whether it keeps versions',
    run: async (bench) => {
      const Bucket = await versioned(bench, 'says');
      const { Status } = await bench.client.send(new GetBucketVersioningCommand({ Bucket }));
      expect(Status).toBe('Enabled');
      const { LocationConstraint } = await bench.client.send(
        new GetBucketLocationCommand({ Bucket }),
      );
      expect(LocationConstraint || 'us-east-1').toBe(bench.target.region);
    },
  },
  {
    name: 'older versions stay, and are read and copied by their id',
    run: async (bench) => {
      const Bucket = await versioned(bench, 'older');
      const first = await bench.put('k', '1', { Bucket });
      const second = await bench.put('k', '2', { Bucket });
      expect(first.VersionId).not.toBe(second.VersionId);
      const older = { Bucket, VersionId: first.VersionId ?? '' };
      expect(await bench.text('k', older)).toBe('1');
      expect(await bench.text('k', { Bucket })).toBe('2');
      const head = await bench.client.send(new HeadObjectCommand({ ...older, Key: 'k' }));
      expect(head.VersionId).toBe(first.VersionId);
      await bench.client.send(
        new CopyObjectCommand({
          Bucket,
          Key: 'copy',
          CopySource: `${Bucket}/k?versionId=${first.VersionId}`,
        }),
      );
      expect(await bench.text('copy', { Bucket })).toBe('1');
    },
  },
  {
    name: 'what is deleted leaves a marker',
    run: async (bench) => {
      const { client } = bench;
      const Bucket = await versioned(bench, 'marker');
      const { VersionId } = await bench.put('k', '1', { Bucket });
      const deleted = await client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
      expect(deleted.DeleteMarker).toBe(true);
      expect(await refusal(bench.get('k', { Bucket }))).toBe('NoSuchKey 404');
      expect(await bench.text('k', { Bucket, VersionId: VersionId ?? '' })).toBe('1');
      const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }));
      expect(Contents ?? []).toEqual([]);
      const marker = { Bucket, VersionId: deleted.VersionId ?? '' };
      expect(await refusal(bench.get('k', marker))).toMatch(/ 405$/);
    },
  },
  {
    name: 'what was deleted may be written once more',
    run: async (bench) => {
      const Bucket = await versioned(bench, 'once');
      await bench.put('k', '1', { Bucket });
      await bench.client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
      await bench.put('k', '2', { Bucket, IfNoneMatch: '*' });
      expect(await bench.text('k', { Bucket })).toBe('2');
    },
  },
  {
    name: 'a version is deleted for good',
    run: async (bench) => {
      const Bucket = await versioned(bench, 'good');
      await bench.put('k', '1', { Bucket });
      const { VersionId } = await bench.put('k', '2', { Bucket });
      await bench.client.send(
        new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: VersionId ?? '' }),
      );
      expect(await bench.text('k', { Bucket })).toBe('1');
    },
  },
  {
    name: 'versions and markers are listed, newest first, page by page',
    run: async (bench) => {
      const { client } = bench;
      const Bucket = await versioned(bench, 'listed');
      const ids: (string | undefined)[] = [];
      for (const text of ['1', '2', '3'])
        ids.unshift((await bench.put('k', text, { Bucket })).VersionId);
      await bench.put('l', '4', { Bucket });
      await client.send(new DeleteObjectCommand({ Bucket, Key: 'l' }));
      const whole = await client.send(new ListObjectVersionsCommand({ Bucket }));
      expect(whole.Versions?.map(({ VersionId }) => VersionId).slice(0, 3)).toEqual(ids);
      expect(whole.Versions?.map(({ IsLatest }) => IsLatest)).toEqual([true, false, false, false]);
      expect(whole.DeleteMarkers).toMatchObject([{ Key: 'l', IsLatest: true }]);
      const first = await client.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 2 }));
      expect(first.Versions).toHaveLength(2);
      const rest = await client.send(
        new ListObjectVersionsCommand({
          Bucket,
          KeyMarker: first.NextKeyMarker ?? '',
          VersionIdMarker: first.NextVersionIdMarker ?? '',
        }),
      );
      expect(rest.Versions?.map(({ Key }) => Key)).toEqual(['k', 'l']);
      expect(rest.DeleteMarkers).toHaveLength(1);
    },
  },
];
