import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { downloadObject, readObject } from '../../../functions/adapters/s3-download.ts';
import { withTempDir } from '../../../shared/base/files.ts';
import { noise } from '../../emulators/s3/conformance/case.ts';
import { withS3 } from './_bucket.ts';

const makeBucket = withS3();
const RETRY = { firstPauseMs: 1 };

async function objectOf(Body: Uint8Array) {
  const made = makeBucket();
  const { client, bucket } = made;
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'k', Body }));
  return { ...made, place: { client, bucket, key: 'k' } };
}

it.each([
  ['nothing', 0, 1],
  ['less than a range', 999, 1],
  ['a range', 1000, 1],
  ['a little more', 1001, 2],
  ['many ranges', 9_500, 10],
])('writes an object of %s', async (_name, size, requests) => {
  const data = noise(size);
  const { place, operations } = await objectOf(data);
  await withTempDir('test', async (folder) => {
    const path = join(folder, 'x');
    await downloadObject(place, path, { rangeBytes: 1000 });
    expect(readFileSync(path).equals(data)).toBe(true);
  });
  expect(operations().GetObject).toBe(requests);
});

it('goes on where connections break', async () => {
  const data = noise(200_000);
  const { place, s3, operations } = await objectOf(data);
  s3.setFaults({ cut: 0.5 });
  await withTempDir('test', async (folder) => {
    const path = join(folder, 'x');
    await downloadObject(place, path, { rangeBytes: 50_000, retry: RETRY });
    expect(readFileSync(path).equals(data)).toBe(true);
  });
  expect(operations().GetObject).toBeGreaterThan(4);
});

it('leaves nothing where there is nothing, and never writes over a file', async () => {
  const { place } = await objectOf(noise(10));
  await withTempDir('test', async (folder) => {
    const missing = downloadObject({ ...place, key: 'other' }, join(folder, 'x'));
    await expect(missing).rejects.toMatchObject({ exitCode: 2 });
    expect(await readdir(folder)).toEqual([]);
    const path = join(folder, 'y');
    await downloadObject(place, path);
    await expect(downloadObject(place, path)).rejects.toMatchObject({ exitCode: 2 });
    expect(existsSync(path)).toBe(true);
  });
});

it('mixes no two objects', async () => {
  const { place, s3, client, bucket } = await objectOf(noise(4000));
  s3.setFaults({ cut: 1 });
  await withTempDir('test', async (folder) => {
    const running = downloadObject(place, join(folder, 'x'), {
      rangeBytes: 1000,
      retry: { firstPauseMs: 50 },
    });
    const failed = expect(running).rejects.toThrow('was replaced while it was read');
    await new Promise((done) => setTimeout(done, 20));
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: noise(4000, 2) }));
    s3.setFaults(undefined);
    await failed;
  });
});

it('reads small objects whole, in spite of broken connections', async () => {
  const data = noise(5000);
  const { place, s3 } = await objectOf(data);
  s3.setFaults({ cut: 0.5 });
  expect(Buffer.from((await readObject(place)).bytes).equals(data)).toBe(true);
  const { bytes } = await readObject(place, { range: [10, 20] });
  expect(Buffer.from(bytes)).toEqual(data.subarray(10, 30));
});
