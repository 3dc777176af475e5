import { expect, it } from 'vitest';
import { blobKey, S3Store } from '../../../functions/adapters/s3-store.ts';
import { digestBytes } from '../../../shared/base/digest.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import type { Piece } from '../../../shared/pipeline/store/store.ts';
import { noise } from '../../emulators/s3/conformance/case.ts';
import { type Bucket, PART, withS3 } from './_bucket.ts';

const makeBucket = withS3();
const SMALL = { plainMax: 3 * PART, chunk: PART } as const;
const storeOf = ({ client, bucket }: Bucket) =>
  new S3Store({ client, bucket, cache: makeTempDir('test'), ...SMALL });

async function pieces(store: S3Store, count: number): Promise<{ pieces: Piece[]; data: Buffer }> {
  const made: Piece[] = [];
  const data = noise(count * PART);
  for (let index = 0; index < count; index++) {
    const digest = await store.putBytes(data.subarray(index * PART, (index + 1) * PART));
    made.push({ digest, offset: 0, length: PART });
  }
  return { pieces: made, data };
}

it('moves no bytes through this process, and tells the digest that S3 computed', async () => {
  const made = makeBucket();
  const store = storeOf(made);
  const { pieces: three, data } = await pieces(store, 3);
  const before = made.operations();
  expect(await store.concat(three)).toBe(digestBytes(data));
  const after = made.operations();
  const count = (name: string): number => (after[name] ?? 0) - (before[name] ?? 0);
  // Three ranges; the whole once for its checksum, once to be checked, and once under its name.
  const names = ['UploadPartCopy', 'CopyObject', 'UploadPart', 'PutObject', 'GetObject'];
  expect(names.map(count)).toEqual([3, 3, 0, 0, 0]);
  expect(made.s3.openUploads(made.bucket)).toEqual([]);
});

it('two that come together at once leave one blob and no open upload', async () => {
  const made = makeBucket({ versioning: 'Enabled' });
  const { pieces: five } = await pieces(storeOf(made), 5);
  const digests = await Promise.all([1, 2, 3].map(() => storeOf(made).concat(five)));
  expect(new Set(digests).size).toBe(1);
  const [digest = digestBytes('')] = digests;
  expect(digest).toMatch(/^tree256:/);
  const blobs = made.s3.versions(made.bucket).filter(({ key }) => key === blobKey(digest));
  expect(blobs).toHaveLength(1);
  expect(made.s3.openUploads(made.bucket)).toEqual([]);
});

it('reads only what is too small for S3, and of what is behind it as much as it takes', async () => {
  const made = makeBucket();
  const store = storeOf(made);
  const { pieces: two, data } = await pieces(store, 2);
  const [first, second] = two;
  if (!first || !second) throw new Error('two pieces');
  const small = await store.putBytes('small');
  const before = made.operations();
  const mixed = [
    { digest: small, offset: 0, length: 5 },
    first,
    { digest: small, offset: 1, length: 3 },
    { ...second, offset: 7, length: 1000 },
  ];
  const whole = Buffer.concat([
    ...[Buffer.from('small'), data.subarray(0, PART), Buffer.from('mal')],
    data.subarray(PART + 7, PART + 1007),
  ]);
  expect(await store.concat(mixed)).toBe(digestBytes(whole));
  const after = made.operations();
  // `small` and the beginning of the first; its last bytes with all that is behind.
  expect((after.GetObject ?? 0) - (before.GetObject ?? 0)).toBe(5);
  expect(made.s3.openUploads(made.bucket)).toEqual([]);
});

it('leaves nothing behind where a copy fails', async () => {
  const made = makeBucket();
  const store = storeOf(made);
  const { pieces: three } = await pieces(store, 3);
  const spares = (name: string, key: string): boolean =>
    name !== 'UploadPartCopy' || !key.startsWith('work/joined/');
  made.s3.setFaults({ fail: 1, spares });
  await expect(store.concat(three)).rejects.toThrow();
  made.s3.setFaults(undefined);
  expect(made.s3.openUploads(made.bucket)).toEqual([]);
});

it('refuses pieces of a large blob that do not begin at its chunks', async () => {
  const made = makeBucket();
  const store = storeOf(made);
  const { pieces: four } = await pieces(store, 4);
  const [first, ...others] = four;
  if (!first) throw new Error('four pieces');
  const shifted = [{ ...first, length: PART - 1 }, ...others];
  await expect(store.concat(shifted)).rejects.toThrow('do not begin at its chunks');
});
