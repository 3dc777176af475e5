/**
 * An S3 server for tests and `npm run emulate`: bodies on disk, all else in memory, everything streamed.
 *
 *     const s3 = await startS3();
 *     s3.createBucket('inbox');
 *     new S3Client({ endpoint: s3.endpoint, credentials: s3.credentials, region: s3.region, forcePathStyle: true });
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeTempDir, removeTempDir } from '../../../shared/base/files.ts';
import { addressOf } from './address.ts';
import { sendError, sendReply } from './answer.ts';
import { Bodies } from './bodies.ts';
import { Bucket, type Versioning } from './buckets.ts';
import { Call, type Reply } from './call.ts';
import { accessDenied, S3Error } from './errors.ts';
import type { ObjectEvent } from './events.ts';
import { FaultMaker, type Faults } from './faults.ts';
import { actionOf, findRoute } from './routes.ts';
import { type Credentials, verifySignature } from './signature.ts';
import { LIMITS, type Limits, World } from './world.ts';

export type { ObjectEvent } from './events.ts';
export type { Faults } from './faults.ts';
export type { Credentials } from './signature.ts';

/** A question to {@link S3Options.authorize}. */
export interface AccessRequest {
  readonly accessKeyId: string;
  /** As IAM names it: `s3:GetObject`. */
  readonly action: string;
  readonly bucket: string;
  readonly key: string | undefined;
}

/** One request that was answered. */
export interface RequestLine {
  /** `PutObject`; what was refused before it was known is `?`. */
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly status: number;
  /** Of the answer's body. */
  readonly bytes: number;
}

export interface S3Options {
  /** Any free one by default. */
  readonly port?: number;
  /** Who may come; the first is what {@link S3Emulator.credentials} gives. */
  readonly credentials?: readonly Credentials[];
  readonly region?: string;
  readonly account?: string;
  /** Where bodies lie; a temporary folder by default, which goes with the server. */
  readonly folder?: string;
  /** Told of every object that came or went, as EventBridge is. */
  readonly onEvent?: (event: ObjectEvent) => void;
  readonly onRequest?: (line: RequestLine) => void;
  /** Who may do what; everybody everything by default. */
  readonly authorize?: (request: AccessRequest) => boolean;
  readonly faults?: Faults;
  /** Smaller limits than S3's, so that tests need few bytes. */
  readonly limits?: Partial<Limits>;
}

export interface S3Emulator extends AsyncDisposable {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  createBucket(name: string, options?: { readonly versioning?: Versioning }): void;
  /** Keys of multipart uploads that were neither completed nor aborted. */
  openUploads(bucket: string): readonly string[];
  /** All versions that a bucket holds, markers included, by key and oldest first. */
  versions(bucket: string): readonly { readonly key: string; readonly versionId: string }[];
  /** Other faults from now on, or none. */
  setFaults(faults: Faults | undefined): void;
  close(): Promise<void>;
}

const DEFAULT_CREDENTIALS: Credentials = {
  accessKeyId: 'AKIAEMULATED00000000',
  secretAccessKey: 'emulated-secret-access-key',
};

/** Starts a server on 127.0.0.1. */
export async function startS3(options: S3Options = {}): Promise<S3Emulator> {
  const { port = 0, region = 'us-east-1', account = '123456789012' } = options;
  const identities = options.credentials ?? [DEFAULT_CREDENTIALS];
  const temporary = options.folder === undefined ? makeTempDir('s3') : undefined;
  const bodies = new Bodies(options.folder ?? join(temporary ?? '', 'bodies'));
  const world = new World({
    region,
    account,
    bodies,
    onEvent: options.onEvent ?? (() => {}),
    limits: { ...LIMITS, ...options.limits },
  });
  let faults = options.faults && new FaultMaker(options.faults);

  const answer = async (
    request: IncomingMessage,
    response: ServerResponse,
    beginBody: () => void,
  ): Promise<void> => {
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    const line = { operation: '?', bucket: '', key: '', status: 0, bytes: 0 };
    // Before the client has the answer, so that whoever waits for that finds the line.
    const tell = (told: RequestLine): void => options.onRequest?.(told);
    response.setHeader('x-amz-request-id', requestId);
    response.setHeader('server', 'AmazonS3');
    try {
      const address = addressOf(request);
      Object.assign(line, { bucket: address.bucket, key: address.key });
      const signature = verifySignature({ ...address, headers: request.headers }, identities);
      const { accessKeyId } = signature;
      const call = new Call({
        world,
        request,
        requestId,
        address,
        signature,
        beginBody,
        allows: (action, bucket, key) =>
          options.authorize?.({ accessKeyId, action, bucket, key }) ?? true,
      });
      const route = findRoute(call);
      line.operation = route.operation;
      if (route.action !== '' && !call.allows(actionOf(route, call))) throw accessDenied();
      const fault = faults?.next(route.operation, call);
      const reply: Reply = fault === 'late' ? lateFailure : await route.run(call);
      tell({ ...line, status: reply.status, bytes: bytesOf(reply) });
      await sendReply(response, reply, { bodies, fault });
    } catch (error) {
      if (response.headersSent || response.destroyed) response.destroy();
      else {
        tell({ ...line, status: error instanceof S3Error ? error.status : 500 });
        sendError(request, response, error, requestId);
      }
      if (!(error instanceof S3Error) && !isBroken(error)) console.error(error);
    }
    // What the client still sends is not wanted.
    request.resume();
  };

  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 });
  server.on('request', (request, response) => void answer(request, response, () => {}));
  server.on('checkContinue', (request, response) => {
    // Who waits for a word may get a refusal instead; whether the body comes then, nobody knows.
    response.shouldKeepAlive = false;
    void answer(request, response, () => {
      if (response.shouldKeepAlive) return;
      response.shouldKeepAlive = true;
      response.writeContinue();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const close = async (): Promise<void> => {
    const isClosed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await isClosed;
    if (temporary !== undefined) removeTempDir(temporary);
  };
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region,
    credentials: identities[0] ?? DEFAULT_CREDENTIALS,
    createBucket: (name, { versioning } = {}) => {
      world.buckets.set(name, new Bucket(name, versioning));
    },
    openUploads: (bucket) =>
      [...world.uploads.values()].filter((one) => one.bucket === bucket).map(({ key }) => key),
    versions: (name) => {
      const bucket = world.bucket(name);
      return [...bucket.keys.from('')].flatMap((key) => bucket.versionsOf(key));
    },
    setFaults: (next) => {
      faults = next && new FaultMaker(next);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

const bytesOf = ({ body }: Reply): number => body?.length ?? 0;

/** S3 may begin with 200 and find out only then. */
const lateFailure: Reply = {
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InternalError</Code><Message>We encountered an internal error. Please try again.</Message></Error>',
};

/** The client went away: its own business. */
const isBroken = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR'].includes(String(error.code));
