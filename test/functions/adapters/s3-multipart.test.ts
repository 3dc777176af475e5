import { PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import {
  type MultipartPlan,
  type PartAddress,
  type SentPart,
  treeOf,
  writeInParts,
} from '../../../functions/adapters/s3-multipart.ts';
import { digest } from '../../emulators/s3/conformance/case.ts';
import { type Bucket, faultOnce, PART, withS3 } from './_bucket.ts';

const makeBucket = withS3();

const sender =
  ({ client }: Bucket) =>
  async (part: PartAddress, offset: number, length: number): Promise<SentPart> => {
    const Body = Buffer.alloc(length, offset === 0 ? 1 : 2);
    const sha256 = digest('sha256', Body).toString('base64');
    const { ETag = '' } = await client.send(
      new UploadPartCommand({ ...part, Body, ChecksumSHA256: sha256 }),
    );
    return { etag: ETag, sha256 };
  };

const place = ({ client, bucket }: Bucket) => ({ client, bucket, key: 'k' });

const plan = (made: Bucket, more: Partial<MultipartPlan> = {}): MultipartPlan => ({
  size: PART + 10,
  partBytes: PART,
  send: sender(made),
  ...more,
});

it('writes nothing when the parts are refused', async () => {
  const made = makeBucket();
  const check = (parts: readonly SentPart[]): void => {
    expect(parts).toHaveLength(2);
    throw new Error('other bytes');
  };
  await expect(writeInParts(place(made), plan(made, { check }))).rejects.toThrow('other bytes');
  expect(made.s3.openUploads(made.bucket)).toEqual([]);
  expect(made.operations().CompleteMultipartUpload).toBeUndefined();
});

it('gives way to who was first', async () => {
  const made = makeBucket();
  const { client, bucket, s3 } = made;
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: 'first' }));
  const conditions = { ifNoneMatch: '*' } as const;
  expect(await writeInParts(place(made), plan(made, { conditions }))).toBeUndefined();
  expect(s3.openUploads(bucket)).toEqual([]);
});

it('begins anew after a conflict', async () => {
  const made = makeBucket();
  faultOnce(made.s3, 'CompleteMultipartUpload', { conflict: 1 });
  const conditions = { ifNoneMatch: '*' } as const;
  expect(await writeInParts(place(made), plan(made, { conditions }))).toBeDefined();
  expect(made.operations().CreateMultipartUpload).toBe(2);
});

it('knows its own work when the answer was lost', async () => {
  const made = makeBucket();
  faultOnce(made.s3, 'CompleteMultipartUpload', { lose: 1 });
  const conditions = { ifNoneMatch: '*' } as const;
  expect(await writeInParts(place(made), plan(made, { conditions }))).toBeDefined();
  expect(made.operations().CompleteMultipartUpload).toBe(2);
  expect(made.operations().CreateMultipartUpload).toBe(1);
});

it('refuses what has more parts than S3 takes', async () => {
  const made = makeBucket();
  const large = plan(made, { size: 20_000, partBytes: 1 });
  await expect(writeInParts(place(made), large)).rejects.toMatchObject({ exitCode: 4 });
});

it('hashes the hashes of parts', () => {
  const parts = ['a', 'b'].map((text) => ({
    etag: '',
    sha256: digest('sha256', text).toString('base64'),
  }));
  const both = Buffer.concat([digest('sha256', 'a'), digest('sha256', 'b')]);
  expect(treeOf(parts)).toEqual(digest('sha256', both));
});
