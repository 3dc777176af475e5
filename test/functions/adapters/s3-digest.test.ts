import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { digestObject } from '../../../functions/adapters/s3-digest.ts';
import { digestBytes, digestFile } from '../../../shared/base/digest.ts';
import { withTempDir } from '../../../shared/base/files.ts';
import { noise } from '../../emulators/s3/conformance/case.ts';
import { faultOnce, PART, withS3 } from './_bucket.ts';

const makeBucket = withS3();
const data = noise(7 * PART + 1000);

/** As the file itself tells it. */
const treeOf = (bytes: Uint8Array): Promise<string> =>
  withTempDir('test', async (folder) => {
    const path = join(folder, 'x');
    await writeFile(path, bytes);
    return digestFile(path, { plainMax: 1, chunk: PART });
  });

async function put(bytes: Uint8Array) {
  const from = makeBucket({ versioning: 'Enabled' });
  const to = makeBucket();
  const { client, bucket } = from;
  const object = { Bucket: bucket, Key: 'a model.onnx' };
  const { VersionId: versionId = '' } = await client.send(
    new PutObjectCommand({ ...object, Body: bytes }),
  );
  await client.send(new PutObjectCommand({ ...object, Body: 'another' }));
  const place = { client, bucket, key: object.Key, versionId };
  const scratch = { client: to.client, bucket: to.bucket, key: 'work/digests/x' };
  return { from, to, place, scratch };
}

it.each([
  ['in one upload', 10_000],
  ['in as many uploads as its parts take', 3],
])('a large object’s is told by S3, %s', async (_how, maxParts) => {
  const { from, to, place, scratch } = await put(data);
  const options = { plainMax: 1, chunk: PART, maxParts };
  expect(await digestObject(place, data.length, scratch, options)).toBe(await treeOf(data));
  expect(from.operations().GetObject).toBeUndefined();
  expect(to.operations().CompleteMultipartUpload).toBeUndefined();
  expect(to.s3.openUploads(to.bucket)).toEqual([]);
});

it('a small one’s is plain: S3 copies it whole, or it is read', async () => {
  const { from, to, place, scratch } = await put(data);
  const { length } = data;
  expect(await digestObject(place, length, scratch, { chunk: PART })).toBe(digestBytes(data));
  expect(from.operations().GetObject).toBeUndefined();
  expect(to.s3.openUploads(to.bucket)).toEqual([]);
  expect(await digestObject(place, length, scratch)).toBe(digestBytes(data));
  expect(await digestObject(place, 0, scratch)).toBe(digestBytes(''));
});

it('fails without leaving an upload open', async () => {
  const { to, place, scratch } = await put(data);
  const options = { plainMax: 1, chunk: PART };
  faultOnce(to.s3, 'UploadPartCopy', { seed: 1, fail: 1 });
  expect(await digestObject(place, data.length, scratch, options)).toBe(await treeOf(data));
  const missing = digestObject({ ...place, key: 'none' }, data.length, scratch, options);
  await expect(missing).rejects.toMatchObject({ exitCode: 2 });
  expect(to.s3.openUploads(to.bucket)).toEqual([]);
});
