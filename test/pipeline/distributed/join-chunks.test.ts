import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { S3Store } from '../../../functions/adapters/s3-store.ts';
import { digestOfChunks } from '../../../shared/base/digest.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { joinChunks } from '../../../shared/pipeline/distributed/join-chunks.ts';
import { PART, withS3 } from '../../functions/adapters/_bucket.ts';

const bucket = withS3();

/** A store in which anything above a chunk is large, and a file of three chunks. */
function chunked() {
  const { client, bucket: name } = bucket();
  const options = { plainMax: PART, chunk: PART, cache: makeTempDir('test') };
  const store = new S3Store({ client, bucket: name, ...options });
  const bytes = randomBytes(2 * PART + 17);
  const parts = [0, 1, 2].map((index) => bytes.subarray(index * PART, (index + 1) * PART));
  return { store, bytes, parts };
}

const requestOf = (
  file: { digest: ReturnType<typeof digestOfChunks>; bytes: number },
  chunks: readonly ReturnType<typeof digestOfChunks>[],
) => ({
  base: null,
  head: { path: 'm', label: 'm', files: [{ path: 'm', ...file, chunks: [...chunks] }] },
  data: [],
});

it('becomes one blob of the store, once', async () => {
  const { store, bytes, parts } = chunked();
  const chunks = await Promise.all(parts.map((part) => store.putBytes(part)));
  const digest = digestOfChunks(chunks);
  const request = requestOf({ digest, bytes: bytes.length }, chunks);
  await joinChunks(request, store, PART);
  expect(readFileSync(await store.pathOf(digest)).equals(bytes)).toBe(true);
  const again = { hasBlob: async () => true, concat: () => Promise.reject(new Error('again')) };
  await joinChunks(request, again, PART);
});

it('a chunk that is gone is uploaded again, one that is none of the file is the input’s fault', async () => {
  const { store, bytes, parts } = chunked();
  const chunks = await Promise.all(parts.map((part) => store.putBytes(part)));
  const digest = digestOfChunks(chunks);
  const file = { digest, bytes: bytes.length };
  const { store: empty } = chunked();
  await expect(joinChunks(requestOf(file, chunks), empty, PART)).rejects.toMatchObject({
    exitCode: 4,
    message: expect.stringContaining('a part of m was removed'),
  });
  const [one, two, three] = chunks as [typeof digest, typeof digest, typeof digest];
  const swapped = requestOf(file, [two, one, three]);
  await expect(joinChunks(swapped, store, PART)).rejects.toMatchObject({ exitCode: 2 });
});
