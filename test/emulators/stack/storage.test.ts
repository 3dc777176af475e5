import { DeleteObjectCommand, HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BusEvent } from '../events/event-bus.ts';
import { type S3Emulator, startS3 } from '../s3/start-s3.ts';
import { foreignStorage, type Storage } from './storage.ts';

let s3: S3Emulator;
let storage: Storage;
const events: BusEvent[] = [];
const place = { region: 'us-east-1', account: '123456789012' };

beforeAll(async () => {
  s3 = await startS3();
  s3.createBucket('theirs');
  storage = await foreignStorage({
    ...place,
    endpoint: s3.endpoint,
    credentials: s3.credentials,
    buckets: [
      { name: 'ours', isVersioned: true, isTold: true },
      { name: 'theirs', isVersioned: false, isTold: false },
    ],
    onEvent: (event) => events.push(event),
    pollMs: 5,
  });
});
afterAll(() => s3.close());

const put = (Bucket: string, Key: string, Body: string) =>
  storage.client.send(new PutObjectCommand({ Bucket, Key, Body }));
const told = () => events.map(({ detail }) => Object(detail.object).key).join(' ');

describe('an S3 that was there already', () => {
  it('is looked at for new objects and other bytes, in the buckets that matter', async () => {
    // What is there at the first look is no news.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { VersionId } = await put('ours', 'a', '1');
    await put('theirs', 'x', '1');
    await expect.poll(told, { interval: 5 }).toBe('a');
    await put('ours', 'a', '2');
    await put('ours', 'b', '1');
    await expect.poll(told, { interval: 5 }).toBe('a a b');
    expect(events[0]).toMatchObject({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: {
        bucket: { name: 'ours' },
        object: { key: 'a', size: 1, 'version-id': VersionId },
      },
    });
    const sequencers = events.map(({ detail }) => Object(detail.object).sequencer);
    expect(sequencers.toSorted()).toEqual(sequencers);
  });

  it('keeps at the end what it had, and loses what was made for the stack', async () => {
    await storage.client.send(new DeleteObjectCommand({ Bucket: 'ours', Key: 'a' }));
    await storage.close();
    const other = await foreignStorage({
      ...place,
      endpoint: s3.endpoint,
      credentials: s3.credentials,
      buckets: [],
      onEvent: () => undefined,
    });
    const head = (Bucket: string) => other.client.send(new HeadBucketCommand({ Bucket }));
    await expect(head('theirs')).resolves.toBeDefined();
    await expect(head('ours')).rejects.toMatchObject({ name: 'NotFound' });
    await other.close();
  });
});
