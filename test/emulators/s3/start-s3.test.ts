import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { refusal, SILENT } from './conformance/case.ts';
import {
  type ObjectEvent,
  type RequestLine,
  type S3Emulator,
  type S3Options,
  startS3,
} from './start-s3.ts';

const clientOf = (s3: S3Emulator, config: S3ClientConfig = {}) =>
  new S3Client({
    endpoint: s3.endpoint,
    region: s3.region,
    credentials: s3.credentials,
    forcePathStyle: true,
    logger: SILENT,
    maxAttempts: 1,
    ...config,
  });

async function withBucket(
  options: S3Options,
  work: (client: S3Client, s3: S3Emulator) => Promise<void>,
): Promise<void> {
  await using s3 = await startS3(options);
  s3.createBucket('b');
  const client = clientOf(s3);
  try {
    await work(client, s3);
  } finally {
    client.destroy();
  }
}

const put = (client: S3Client, Key: string, Body = 'x', more: object = {}) =>
  client.send(new PutObjectCommand({ Bucket: 'b', Key, Body, ...more }));
const get = (client: S3Client, Key: string) =>
  client.send(new GetObjectCommand({ Bucket: 'b', Key }));

describe('events', () => {
  it('tell of every object that came or went, in order', async () => {
    const events: ObjectEvent[] = [];
    await withBucket({ onEvent: (event) => events.push(event) }, async (client) => {
      await put(client, 'a b/ü', 'hello');
      const copy = { Bucket: 'b', Key: 'c', CopySource: encodeURI('b/a b/ü') };
      await client.send(new CopyObjectCommand(copy));
      const upload = { Bucket: 'b', Key: 'm' };
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload));
      const part = { ...upload, UploadId, PartNumber: 1 };
      const { ETag } = await client.send(new UploadPartCommand({ ...part, Body: 'xx' }));
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      await client.send(
        new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload }),
      );
      await client.send(new DeleteObjectCommand({ Bucket: 'b', Key: 'c' }));
      await put(client, 'c', '', { IfMatch: '"0"' }).catch(() => {});
    });
    const told = events.map(({ detail, 'detail-type': type }) => [
      type,
      detail.reason,
      detail.object.key,
      detail.object.size,
    ]);
    expect(told).toEqual([
      ['Object Created', 'PutObject', 'a b/ü', 5],
      ['Object Created', 'CopyObject', 'c', 5],
      ['Object Created', 'CompleteMultipartUpload', 'm', 2],
      ['Object Deleted', 'DeleteObject', 'c', undefined],
    ]);
    const order = events.map(({ detail }) => detail.object.sequencer);
    expect(order).toEqual(order.toSorted());
    expect(events[0]).toMatchObject({
      version: '0',
      source: 'aws.s3',
      account: '123456789012',
      region: 'us-east-1',
      resources: ['arn:aws:s3:::b'],
      detail: {
        version: '0',
        bucket: { name: 'b' },
        object: { etag: '5d41402abc4b2a76b9719d911017c592' },
        'source-ip-address': expect.stringContaining('127.0.0.1'),
      },
    });
    expect(events[3]?.detail['deletion-type']).toBe('Permanently Deleted');
  });
});

describe('rights', () => {
  const asked: string[] = [];
  const authorize: S3Options['authorize'] = ({ action, bucket, key }) => {
    asked.push(`${action} ${bucket}${key === undefined ? '' : `/${key}`}`);
    return action !== 's3:ListBucket' && action !== 's3:DeleteObject' && key !== 'secret';
  };

  it('are asked for by the names of IAM; what is missing stays unknown without the right to list', async () => {
    await withBucket({ authorize }, async (client) => {
      await put(client, 'k');
      expect(await refusal(get(client, 'secret'))).toBe('AccessDenied 403');
      expect(await refusal(get(client, 'nothing'))).toBe('AccessDenied 403');
      const copy = { Bucket: 'b', Key: 'c', CopySource: 'b/secret' };
      expect(await refusal(client.send(new CopyObjectCommand(copy)))).toBe('AccessDenied 403');
      const list = new ListObjectsV2Command({ Bucket: 'b' });
      expect(await refusal(client.send(list))).toBe('AccessDenied 403');
      const remove = new DeleteObjectCommand({ Bucket: 'b', Key: 'k' });
      expect(await refusal(client.send(remove))).toBe('AccessDenied 403');
    });
    expect(asked).toContain('s3:PutObject b/k');
    expect(asked).toContain('s3:GetObject b/secret');
    expect(asked).toContain('s3:ListBucket b');
  });

  it('are those of a role only with its token', async () => {
    const role = { accessKeyId: 'ASIAROLE', secretAccessKey: 'secret', sessionToken: 'token' };
    await withBucket({ credentials: [role] }, async (client, s3) => {
      await put(client, 'k');
      const { sessionToken, ...bare } = role;
      const other = clientOf(s3, { credentials: bare });
      expect(await refusal(get(other, 'k'))).toBe('InvalidToken 400');
      other.destroy();
    });
  });
});

describe('bodies', () => {
  it('live as long as somebody holds them, and go then', async () => {
    const folder = makeTempDir('test');
    await withBucket({ folder }, async (client) => {
      await put(client, 'a', 'bytes');
      await client.send(new CopyObjectCommand({ Bucket: 'b', Key: 'c', CopySource: 'b/a' }));
      expect(await readdir(folder)).toHaveLength(1);
      await put(client, 'a', 'other');
      await client.send(new DeleteObjectCommand({ Bucket: 'b', Key: 'a' }));
      expect(await (await get(client, 'c')).Body?.transformToString()).toBe('bytes');
      await client.send(new DeleteObjectCommand({ Bucket: 'b', Key: 'c' }));
      await expect.poll(() => readdir(folder)).toEqual([]);
    });
  });

  it('leave nothing when they are refused, or end too early', async () => {
    const folder = makeTempDir('test');
    await withBucket({ folder }, async (client, s3) => {
      const wrong = { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' };
      expect(await refusal(put(client, 'k', 'x', wrong))).toBe('BadDigest 400');
      const { port } = new URL(s3.endpoint);
      const socket = connect(Number(port), '127.0.0.1');
      socket.end('PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');
      await once(socket.resume(), 'close');
      expect(await refusal(get(client, 'k'))).toBe('NoSuchKey 404');
      await expect.poll(() => readdir(folder)).toEqual([]);
    });
  });

  it('go with the server where it made the folder itself', async () => {
    const s3 = await startS3();
    s3.createBucket('b');
    await s3.close();
    await expect(fetch(s3.endpoint)).rejects.toThrow();
  });

  it('stay within the folder, whatever the key', async () => {
    const folder = join(makeTempDir('test'), 'bodies');
    await withBucket({ folder }, async (client) => {
      await put(client, '../../escape', 'x');
      expect(await (await get(client, '../../escape')).Body?.transformToString()).toBe('x');
      expect(existsSync(join(folder, '..', '..', 'escape'))).toBe(false);
    });
  });
});

describe('limits', () => {
  it.each([
    ['a long key', 'k'.repeat(1025), {}, 'KeyTooLongError 400'],
    ['much metadata', 'k', { Metadata: { m: 'x'.repeat(2048) } }, 'MetadataTooLarge 400'],
    ['two conditions', 'k', { IfMatch: '"0"', IfNoneMatch: '*' }, 'InvalidRequest 400'],
  ])('refuse %s', async (_what, key, more, expected) => {
    await withBucket({}, async (client) => {
      expect(await refusal(put(client, key, 'x', more))).toBe(expected);
    });
  });

  it('refuse parts below 5 MiB', async () => {
    await withBucket({}, async (client) => {
      const upload = { Bucket: 'b', Key: 'm' };
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload));
      const send = async (PartNumber: number, size: number) => {
        const part = { ...upload, UploadId, PartNumber, Body: new Uint8Array(size) };
        return { PartNumber, ETag: (await client.send(new UploadPartCommand(part))).ETag };
      };
      const last = await send(2, 1);
      const complete = async (size: number) => {
        const MultipartUpload = { Parts: [await send(1, size), last] };
        const command = { ...upload, UploadId, MultipartUpload };
        return refusal(client.send(new CompleteMultipartUploadCommand(command)));
      };
      expect(await complete(5 * 2 ** 20 - 1)).toBe('EntityTooSmall 400');
      expect(await complete(5 * 2 ** 20)).toBe('answered');
    });
  });

  it('refuse ranges of small objects as parts', async () => {
    await withBucket({}, async (client) => {
      await put(client, 'small', '0123456789');
      const upload = { Bucket: 'b', Key: 'm' };
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload));
      const part = { ...upload, UploadId, PartNumber: 1, CopySource: 'b/small' };
      const range = { ...part, CopySourceRange: 'bytes=0-9' };
      expect(await refusal(client.send(new UploadPartCopyCommand(range)))).toBe(
        'InvalidRequest 400',
      );
      expect(await refusal(client.send(new UploadPartCopyCommand(part)))).toBe('answered');
    });
  });

  it('say which operations this server does not have', async () => {
    await withBucket({}, async (client) => {
      const tags = new GetObjectTaggingCommand({ Bucket: 'b', Key: 'k' });
      expect(await refusal(client.send(tags))).toBe('NotImplemented 501');
    });
  });
});

describe('faults', () => {
  it('befall a seeded share of requests', async () => {
    const statuses: number[] = [];
    const onRequest = ({ status }: RequestLine) => void statuses.push(status);
    const faults = { seed: 1, throttle: 0.2, fail: 0.1 };
    const run = async (): Promise<readonly number[]> => {
      statuses.length = 0;
      await withBucket({ faults, onRequest }, async (client) => {
        for (let i = 0; i < 60; i++) await put(client, 'k').catch(() => {});
      });
      return [...statuses];
    };
    const first = await run();
    const share = (status: number): number => first.filter((one) => one === status).length / 60;
    expect(share(503)).toBeGreaterThan(0.08);
    expect(share(503)).toBeLessThan(0.35);
    expect(share(500)).toBeGreaterThan(0.02);
    expect(share(200)).toBeGreaterThan(0.5);
    expect(await run()).toEqual(first);
  });

  it('may lose an answer, and spare others', async () => {
    const spares = (operation: string): boolean => operation !== 'PutObject';
    await withBucket({ faults: { lose: 1, spares } }, async (client) => {
      await expect(put(client, 'k')).rejects.toThrow();
      expect(await (await get(client, 'k')).Body?.transformToString()).toBe('x');
    });
  });
});
