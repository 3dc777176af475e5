/** One server for the tests of a file, and a bucket of its own for each that asks. */
import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';
import { s3Client } from '../../../functions/adapters/clients.ts';
import { Patience } from '../../../functions/adapters/patience.ts';
import type { Versioning } from '../../emulators/s3/buckets.ts';
import {
  type Faults,
  type RequestLine,
  type S3Emulator,
  startS3,
} from '../../emulators/s3/start-s3.ts';

/** The smallest part of this server. */
export const PART = 50_000;

export interface Bucket {
  readonly client: S3Client;
  readonly bucket: string;
  readonly s3: S3Emulator;
  /** Requests since the bucket was made, by operation. */
  readonly operations: () => Readonly<Record<string, number>>;
}

/** Faults that befall one request of an operation and no other. */
export function faultOnce(s3: S3Emulator, operation: string, faults: Faults): void {
  let isDone = false;
  s3.setFaults({
    ...faults,
    spares: (name) => {
      const isSpared = name !== operation || isDone;
      isDone ||= name === operation;
      return isSpared;
    },
  });
}

/** Call at the top of a test file; the answer makes buckets. */
export function withS3(): (options?: { readonly versioning?: Versioning }) => Bucket {
  let s3: S3Emulator;
  let client: S3Client;
  let count = 0;
  const lines: RequestLine[] = [];
  beforeAll(async () => {
    s3 = await startS3({
      limits: { minPartBytes: PART, maxPage: 10 },
      onRequest: (line) => lines.push(line),
    });
    const { endpoint, region, credentials } = s3;
    client = s3Client({
      endpoint,
      region,
      credentials,
      retryStrategy: new Patience(12, { isHasty: true }),
    });
  });
  afterAll(async () => {
    client.destroy();
    await s3.close();
  });
  return (options = {}) => {
    const bucket = `bucket-${++count}`;
    s3.setFaults(undefined);
    s3.createBucket(bucket, options);
    const operations = () => {
      const own = lines.filter((line) => line.bucket === bucket);
      const grouped = Map.groupBy(own, ({ operation }) => operation);
      return Object.fromEntries([...grouped].map(([name, all]) => [name, all.length]));
    };
    return { client, bucket, s3, operations };
  };
}
