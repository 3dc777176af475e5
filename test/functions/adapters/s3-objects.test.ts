import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { S3Objects } from '../../../functions/adapters/s3-objects.ts';
import { withTempDir } from '../../../shared/base/files.ts';
import { objectStoreContract } from '../../contracts/object-store.ts';
import { faultOnce, withS3 } from './_bucket.ts';

const makeBucket = withS3();

objectStoreContract('S3', async () => {
  const { client, bucket } = makeBucket();
  return new S3Objects(client, bucket);
});

objectStoreContract('S3 with versions', async () => {
  const { client, bucket } = makeBucket({ versioning: 'Enabled' });
  return new S3Objects(client, bucket);
});

it('wins by a write whose answer was lost', async () => {
  const { client, bucket, s3 } = makeBucket();
  const objects = new S3Objects(client, bucket);
  const loseOnce = (operation: string): void => faultOnce(s3, operation, { lose: 1 });
  loseOnce('PutObject');
  const first = await objects.put('k', '1', { ifNoneMatch: '*' });
  expect(first).toEqual({ etag: (await objects.head('k'))?.etag });
  loseOnce('PutObject');
  expect(await objects.put('k', '2', { ifMatch: first?.etag ?? '' })).toBeDefined();
  loseOnce('CopyObject');
  expect(await objects.copy('k', 'l', { ifNoneMatch: '*' })).toBeDefined();
  await withTempDir('test', async (folder) => {
    const path = join(folder, 'x');
    await writeFile(path, 'x');
    loseOnce('PutObject');
    expect(await objects.upload('m', path, { ifNoneMatch: '*' })).toBeDefined();
  });
});

it('lists page by page, and asks for no page that nobody reads', async () => {
  const { client, bucket, operations } = makeBucket();
  const objects = new S3Objects(client, bucket);
  const keys = Array.from({ length: 25 }, (_, index) => `k/${index + 10}`);
  await Promise.all(keys.map((key) => objects.put(key, '')));
  const found: string[] = [];
  for await (const { key } of objects.list('k/')) found.push(key);
  expect(found).toEqual(keys);
  expect(operations().ListObjectsV2).toBe(3);
  for await (const { key } of objects.list('k/')) if (key === 'k/15') break;
  expect(operations().ListObjectsV2).toBe(4);
});

it('deletes more than S3 does at once', async () => {
  const { client, bucket, operations } = makeBucket();
  const keys = Array.from({ length: 1001 }, (_, index) => `k/${index}`);
  await new S3Objects(client, bucket).delete(keys);
  expect(operations().DeleteObjects).toBe(2);
});

it('reads older versions', async () => {
  const { client, bucket } = makeBucket({ versioning: 'Enabled' });
  const objects = new S3Objects(client, bucket);
  await objects.put('k', '1');
  const { versionId = '' } = (await objects.head('k')) ?? {};
  await objects.put('k', '2');
  const found = await objects.get('k', { versionId });
  expect(Buffer.from(found?.bytes ?? []).toString()).toBe('1');
  expect(found?.info.versionId).toBe(versionId);
});

it('says which bucket is missing', async () => {
  const { client } = makeBucket();
  await expect(new S3Objects(client, 'none').get('k')).rejects.toMatchObject({
    exitCode: 2,
    message: 'there is no bucket s3://none',
  });
});
