import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { S3Objects } from '../../../functions/adapters/s3-objects.ts';
import { blobKey, S3Store } from '../../../functions/adapters/s3-store.ts';
import type { Digest } from '../../../shared/base/brand.ts';
import { digestBytes, digestFile } from '../../../shared/base/digest.ts';
import { makeTempDir, withTempDir } from '../../../shared/base/files.ts';
import { CONTRACT_CHUNK, storeContract } from '../../contracts/store.ts';
import { noise } from '../../emulators/s3/conformance/case.ts';
import { type Bucket, PART, withS3 } from './_bucket.ts';

const makeBucket = withS3();

const storeOf = ({ client, bucket }: Bucket, more: object = {}) =>
  new S3Store({ client, bucket, cache: makeTempDir('test'), ...more });

/** As if one part were already more than a plain digest covers. */
const SMALL = { plainMax: PART, chunk: PART } as const;

storeContract('S3', async () => storeOf(makeBucket({ versioning: 'Enabled' })));
const CHUNKS = { plainMax: CONTRACT_CHUNK, chunk: CONTRACT_CHUNK };
storeContract('S3, large blobs', async () => storeOf(makeBucket(), CHUNKS));

const record = (output: unknown) => ({
  step: 'double',
  version: 1,
  key: 'k'.repeat(64),
  output,
  blobs: [],
  seconds: 0.5,
});

it('lays objects where the design says', async () => {
  const made = makeBucket();
  const store = storeOf(made);
  const digest = await store.putBytes('hello');
  await store.writeStep(record(1));
  const head = (Key: string) =>
    made.client.send(new HeadObjectCommand({ Bucket: made.bucket, Key, ChecksumMode: 'ENABLED' }));
  const { ChecksumSHA256 = '' } = await head(`blobs/sha256/${digest.slice(7)}`);
  expect(`sha256:${Buffer.from(ChecksumSHA256, 'base64').toString('hex')}`).toBe(digest);
  const { ContentType } = await head(`steps/double/${'k'.repeat(64)}.json`);
  expect(ContentType).toBe('application/json');
});

it('takes in what came in pieces of whole chunks, and nothing else', async () => {
  const made = makeBucket();
  const data = noise(5 * PART + 7);
  const put = (Key: string, from: number, to: number) =>
    made.client.send(
      new PutObjectCommand({ Bucket: made.bucket, Key, Body: data.subarray(from, to) }),
    );
  await put('work/0', 0, 2 * PART);
  await put('work/1', 2 * PART, 4 * PART);
  await put('work/2', 4 * PART, data.length);
  await put('work/odd', 0, PART + 5);
  await withTempDir('test', async (folder) => {
    await writeFile(join(folder, 'x'), data);
    const digest = await digestFile(join(folder, 'x'), SMALL);
    const store = () => storeOf(made, SMALL);
    const refused = { message: expect.stringContaining('is said to be') };
    await expect(store().adopt(digest, 'work/1', 'work/0', 'work/2')).rejects.toMatchObject(
      refused,
    );
    await expect(store().adopt(digest, 'work/odd', 'work/2')).rejects.toMatchObject(refused);
    await expect(store().adopt(digest, 'work/0', 'work/none')).rejects.toThrow('there is no');
    expect(await store().hasBlob(digest)).toBe(false);
    await store().adopt(digest, 'work/0', 'work/1', 'work/2');
    expect(readFileSync(await store().pathOf(digest)).equals(data)).toBe(true);
  });
  expect(made.operations()).not.toHaveProperty('UploadPart');
  expect(made.s3.openUploads(made.bucket)).toEqual([]);
});

it('copies a blob to a key inside S3, once', async () => {
  const made = makeBucket();
  const store = storeOf(made);
  const [one, other] = [await store.putBytes('hello'), await store.putBytes('world')];
  await store.copyTo(one, 'models/x');
  await store.copyTo(other, 'models/x');
  const objects = new S3Objects(made.client, made.bucket);
  const found = await objects.get('models/x');
  expect(Buffer.from(found?.bytes ?? []).toString()).toBe('hello');
  const head = await made.client.send(
    new HeadObjectCommand({ Bucket: made.bucket, Key: 'models/x' }),
  );
  expect(head.ContentType).toBe('application/octet-stream');
  expect(made.operations()).toMatchObject({ CopyObject: 2, PutObject: 2 });
  await expect(store.copyTo(digestBytes('none'), 'models/y')).rejects.toMatchObject({
    exitCode: 2,
  });
});

it('joins pieces of files that lie elsewhere, in the version that is meant, and copies them inside S3', async () => {
  const [made, inbox] = [makeBucket(), makeBucket({ versioning: 'Enabled' })];
  const data = noise(4 * PART);
  const put = (Body: Uint8Array) =>
    inbox.client.send(new PutObjectCommand({ Bucket: inbox.bucket, Key: 'm/x.data', Body }));
  const { VersionId: versionId = '' } = await put(data);
  await put(noise(10));
  const digest = digestBytes(data);
  const place = { bucket: inbox.bucket, key: 'm/x.data', versionId, path: 'x.data' };
  const store = storeOf(made, SMALL).beside(new Map([[digest, place]]));
  const piece = { digest, offset: PART, length: 2 * PART };
  const joined = await store.concat([piece]);
  expect(readFileSync(await store.pathOf(joined)).equals(data.subarray(PART, 3 * PART))).toBe(true);
  // Also all of it: the file itself is no blob.
  const whole = await store.concat([{ digest, offset: 0, length: 4 * PART }]);
  expect(readFileSync(await store.pathOf(whole)).equals(data)).toBe(true);
  expect(await store.hasBlob(digest)).toBe(false);
  expect(inbox.operations()).toMatchObject({ HeadObject: expect.any(Number) });
  expect(inbox.operations()).not.toHaveProperty('GetObject');
  await expect(storeOf(made, SMALL).concat([piece])).rejects.toMatchObject({ exitCode: 2 });
});

it('keeps large files in parts, under the digest of their parts', async () => {
  const made = makeBucket();
  const data = noise(2 * PART + 10);
  await withTempDir('test', async (folder) => {
    const path = join(folder, 'x');
    await writeFile(path, data);
    const digest = await storeOf(made, SMALL).putFile(path);
    expect(digest).toBe(await digestFile(path, SMALL));
    expect(digest).toMatch(/^tree256:/);
    expect(readFileSync(await storeOf(made, SMALL).pathOf(digest)).equals(data)).toBe(true);
  });
  expect(made.operations().UploadPart).toBe(3);
});

it('asks S3 little: one request for a blob that is known, none within a minute, files fetched once', async () => {
  const made = makeBucket();
  const digest = await storeOf(made).putBytes('hello');
  const store = storeOf(made);
  const before = made.operations().GetObject ?? 0;
  for (let i = 0; i < 3; i++) expect(await store.hasBlob(digest)).toBe(true);
  await Promise.all([store.pathOf(digest), store.pathOf(digest), store.putBytes('hello')]);
  await store.pathOf(digest);
  expect(made.operations().PutObject).toBe(1);
  expect((made.operations().GetObject ?? 0) - before).toBe(1);
});

it('writes no second version of what is there', async () => {
  const made = makeBucket({ versioning: 'Enabled' });
  await Promise.all([1, 2, 3].map(() => storeOf(made).putBytes('hello')));
  await Promise.all([1, 2, 3].map((output) => storeOf(made).writeStep(record(output))));
  const written = made.s3.versions(made.bucket);
  expect(written.map(({ key }) => key).toSorted()).toEqual([
    blobKey(digestBytes('hello')),
    `steps/double/${'k'.repeat(64)}.json`,
  ]);
});

it('gives no file whose bytes are not those of the digest', async () => {
  const made = makeBucket();
  const digest = digestBytes('hello');
  await made.client.send(
    new PutObjectCommand({ Bucket: made.bucket, Key: blobKey(digest), Body: 'other' }),
  );
  await expect(storeOf(made).pathOf(digest)).rejects.toThrow('holds the bytes of sha256:');
});

it('gets through failures of every kind', async () => {
  const made = makeBucket({ versioning: 'Enabled' });
  made.s3.setFaults({ seed: 5, throttle: 0.1, fail: 0.05, lose: 0.1, cut: 0.2, conflict: 0.3 });
  const data = noise(100_000);
  const stores = [storeOf(made), storeOf(made)];
  const digests = await Promise.all(stores.map((store) => store.putBytes(data)));
  expect(new Set(digests).size).toBe(1);
  const outputs = await Promise.all(
    stores.map(async (store, index) => (await store.writeStep(record(index))).output),
  );
  expect(new Set(outputs).size).toBe(1);
  const path = await storeOf(made).pathOf(digestBytes(data));
  expect(readFileSync(path).equals(data)).toBe(true);
});

describe('adopt', () => {
  const stage = (made: Bucket, Body: string | Uint8Array) =>
    made.client.send(new PutObjectCommand({ Bucket: made.bucket, Key: 'work/x', Body }));

  it.each([
    ['small', 'hello'],
    ['empty', ''],
  ])('takes in %s bytes that are what is said', async (_name, data) => {
    const made = makeBucket();
    await stage(made, data);
    const digest = digestBytes(data);
    await storeOf(made).adopt(digest, 'work/x');
    await storeOf(made).adopt(digest, 'work/x');
    expect(readFileSync(await storeOf(made).pathOf(digest), 'utf8')).toBe(data);
    // Whoever is killed in between leaves none.
    expect(made.operations()).not.toHaveProperty('CreateMultipartUpload');
  });

  it('takes in large ones by their parts', async () => {
    const made = makeBucket();
    const data = noise(2 * PART + 10);
    await stage(made, data);
    await withTempDir('test', async (folder) => {
      const path = join(folder, 'x');
      await writeFile(path, data);
      const digest = await digestFile(path, SMALL);
      await storeOf(made, SMALL).adopt(digest, 'work/x');
      expect(readFileSync(await storeOf(made, SMALL).pathOf(digest)).equals(data)).toBe(true);
    });
  });

  const tree = digestBytes('hello').replace('sha256', 'tree256') as Digest;

  it.each([
    ['other bytes', 'other', digestBytes('hello')],
    ['none', '', digestBytes('hello')],
    ['bytes for none', 'hello', digestBytes('')],
    ['a digest of the wrong kind', 'hello', tree],
  ])('refuses %s, which nobody ever sees', async (_name, data, digest) => {
    const made = makeBucket();
    await stage(made, data);
    await expect(storeOf(made).adopt(digest, 'work/x')).rejects.toThrow('is said to be');
    const keys = made.s3.versions(made.bucket).map(({ key }) => key);
    expect(keys.filter((key) => !key.startsWith('work/'))).toEqual([]);
    expect(made.s3.openUploads(made.bucket)).toEqual([]);
  });

  it('refuses what was never uploaded', async () => {
    const made = makeBucket();
    const adopting = storeOf(made).adopt(digestBytes('hello'), 'work/none');
    await expect(adopting).rejects.toThrow('there is no s3://');
  });
});
