import { CreateMultipartUploadCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import {
  presignedAddresses,
  presignGet,
  presignPart,
  presignPut,
} from '../../../functions/adapters/presigned.ts';
import { digestBytes } from '../../../shared/base/digest.ts';
import { digest } from '../../emulators/s3/conformance/case.ts';
import { withS3 } from './_bucket.ts';

const makeBucket = withS3();
const LASTING = { seconds: 60 };
const sha256 = digest('sha256', 'hello').toString('base64');

const put = async (url: string, body: string, headers: Record<string, string> = {}) =>
  (await fetch(url, { method: 'PUT', body, headers })).status;

it('lets any bytes in, once and again, and out', async () => {
  const { client, bucket } = makeBucket();
  const place = { client, bucket, key: 'a b/ü' };
  const url = await presignPut(place, LASTING);
  expect(await put(url, 'first')).toBe(200);
  expect(await put(url, 'second')).toBe(200);
  const answer = await fetch(await presignGet(place, LASTING));
  expect(await answer.text()).toBe('second');
});

it('lets in only the bytes that it is bound to', async () => {
  const { client, bucket } = makeBucket();
  const url = await presignPut({ client, bucket, key: 'k' }, { ...LASTING, sha256 });
  const header = { 'x-amz-checksum-sha256': sha256 };
  expect(await put(url, 'hello')).toBe(403);
  expect(await put(url, 'other', header)).toBe(400);
  const other = digest('sha256', 'other').toString('base64');
  expect(await put(url, 'other', { 'x-amz-checksum-sha256': other })).toBe(403);
  expect(await put(url, 'hello', header)).toBe(200);
});

it('takes no header that was not signed', async () => {
  const { client, bucket } = makeBucket();
  const url = await presignPut({ client, bucket, key: 'k' }, LASTING);
  expect(await put(url, 'hello', { 'x-amz-checksum-sha256': sha256 })).toBe(403);
});

it('lets in parts of an upload, and completes nothing', async () => {
  const { client, bucket } = makeBucket();
  const place = { client, bucket, key: 'k' };
  const command = new CreateMultipartUploadCommand({
    Bucket: bucket,
    Key: 'k',
    ChecksumAlgorithm: 'SHA256',
  });
  const { UploadId: uploadId = '' } = await client.send(command);
  const url = await presignPart(place, { uploadId, number: 3 }, { ...LASTING, sha256 });
  expect(await put(url, 'hello', { 'x-amz-checksum-sha256': sha256 })).toBe(200);
  expect((await fetch(url, { method: 'POST', body: '' })).status).toBe(403);
});

it('allows the address alone', async () => {
  const { client, bucket } = makeBucket();
  const get = new GetObjectCommand({ Bucket: bucket, Key: 'k' });
  await expect(client.send(get)).rejects.toThrow();
  const url = await presignPut({ client, bucket, key: 'k' }, LASTING);
  expect(await put(url.replace('/k?', '/l?'), 'x')).toBe(403);
  expect((await fetch(url)).status).toBe(403);
});

it('serves orders: of this bucket, or of another and an older version', async () => {
  const { client, bucket } = makeBucket({ versioning: 'Enabled' });
  const addresses = presignedAddresses(client, bucket, LASTING);
  const write = await addresses.write('work/x');
  const first = await fetch(write, { method: 'PUT', body: '1' });
  expect(await put(write, '2')).toBe(200);
  const read = async (url: Promise<string>) => (await fetch(await url)).text();
  expect(await read(addresses.read({ key: 'work/x' }))).toBe('2');
  const versionId = first.headers.get('x-amz-version-id') ?? '';
  expect(await read(addresses.read({ bucket, key: 'work/x', versionId }))).toBe('1');
  const blob = digestBytes('hello');
  expect(addresses.blobKey(blob)).toBe(`blobs/${blob.replace(':', '/')}`);
});
