/** What a case of the conformance suite gets, and small helpers that all of them need. */
import { createHash, randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type PutObjectCommandOutput,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { Credentials } from '../signature.ts';

/** A server under test. */
export interface Target {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** The smallest part that is not the last, where it is not S3's 5 MiB. */
  readonly minPartBytes?: number;
}

const ignore = (): void => {};

/** The SDK's remarks about empty and streamed bodies are no part of a test's output. */
export const SILENT = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A server, a client for it, and a bucket of the suite's own. */
export class Bench {
  readonly target: Target;
  readonly client: S3Client;
  readonly bucket = `conformance-${randomBytes(4).toString('hex')}`;

  /** Bytes of a part that is not the last. */
  readonly part: number;

  constructor(target: Target) {
    this.target = target;
    this.part = target.minPartBytes ?? 5 * 2 ** 20;
    this.client = this.makeClient();
  }

  /** Without retries, so that a case sees each answer. */
  makeClient(config: S3ClientConfig = {}): S3Client {
    const { endpoint, region, credentials } = this.target;
    return new S3Client({
      endpoint,
      region,
      credentials,
      forcePathStyle: true,
      maxAttempts: 1,
      logger: SILENT,
      ...config,
    });
  }

  put(
    Key: string,
    Body: string | Uint8Array | Readable,
    more: Partial<PutObjectCommandInput> = {},
  ): Promise<PutObjectCommandOutput> {
    return this.client.send(new PutObjectCommand({ Bucket: this.bucket, Key, Body, ...more }));
  }

  get(Key: string, more: Partial<GetObjectCommandInput> = {}): Promise<GetObjectCommandOutput> {
    return this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key, ...more }));
  }

  async bytes(Key: string, more: Partial<GetObjectCommandInput> = {}): Promise<Buffer> {
    const { Body } = await this.get(Key, more);
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  async text(Key: string, more: Partial<GetObjectCommandInput> = {}): Promise<string> {
    return (await this.bytes(Key, more)).toString();
  }
}

export interface Case {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<void>;
}

/** `NoSuchKey 404` of what a request was refused with; `answered` when it was not. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'answered';
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    return `${error.name} ${error.$metadata.httpStatusCode}`;
  }
}

export const digest = (algorithm: string, data: string | Uint8Array): Buffer =>
  createHash(algorithm).update(data).digest();

/** Well-mixed bytes, the same every time. */
export function noise(size: number, seed = 1): Buffer {
  const block = createHash('sha512').update(String(seed)).digest();
  const bytes = Buffer.alloc(size);
  for (let offset = 0; offset < size; offset += block.length) {
    block.copy(bytes, offset);
    bytes.writeUInt32LE((offset * 2654435761) >>> 0, Math.max(0, Math.min(offset, size - 4)));
  }
  return bytes;
}
