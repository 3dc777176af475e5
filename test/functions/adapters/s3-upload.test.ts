import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { copyInParts, uploadInParts } from '../../../functions/adapters/s3-upload.ts';
import { digestFile } from '../../../shared/base/digest.ts';
import { withTempDir } from '../../../shared/base/files.ts';
import { noise } from '../../emulators/s3/conformance/case.ts';
import { type Bucket, PART, withS3 } from './_bucket.ts';

const makeBucket = withS3();
const data = noise(PART + 1000);

async function bytesOf({ client, bucket }: Bucket, Key: string): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

/** Uploads the bytes as `file`, and as `copy` from there. */
async function both(made: Bucket): Promise<string> {
  const { client, bucket } = made;
  const options = { size: data.length, partBytes: PART, conditions: { ifNoneMatch: '*' } as const };
  const place = { client, bucket, key: 'file' };
  return withTempDir('test', async (folder) => {
    const path = join(folder, 'x');
    await writeFile(path, data);
    expect(await uploadInParts(place, path, options)).toBeDefined();
    expect(await copyInParts(place, { ...place, key: 'copy' }, options)).toBeDefined();
    return digestFile(path, { plainMax: 1, chunk: PART });
  });
}

it('uploads and copies in parts, whose checksum of checksums is the tree digest', async () => {
  const made = makeBucket();
  const digest = await both(made);
  for (const key of ['file', 'copy']) {
    expect((await bytesOf(made, key)).equals(data)).toBe(true);
    const { client, bucket } = made;
    const { ChecksumSHA256 = '' } = await client.send(
      new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
    );
    const hex = Buffer.from(ChecksumSHA256.split('-')[0] ?? '', 'base64').toString('hex');
    expect(`tree256:${hex}`).toBe(digest);
  }
});

it('gets through failures of every kind, and leaves no upload open', async () => {
  const made = makeBucket();
  made.s3.setFaults({ seed: 7, throttle: 0.1, fail: 0.05, lose: 0.15, late: 0.3, conflict: 0.2 });
  await both(made);
  made.s3.setFaults(undefined);
  expect((await bytesOf(made, 'copy')).equals(data)).toBe(true);
  expect(made.s3.openUploads(made.bucket)).toEqual([]);
});
