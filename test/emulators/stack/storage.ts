/** The buckets of an emulated stack: in the embedded S3, or in any other that somebody runs. */
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { BusEvent } from '../events/event-bus.ts';
import { type AccessRequest, type Credentials, type Faults, startS3 } from '../s3/start-s3.ts';
import type { BucketPlan } from './read-stack.ts';
import { watchBucket } from './watch-bucket.ts';

export interface Storage {
  readonly endpoint: string;
  readonly region: string;
  /** Those of somebody who may do everything. */
  readonly credentials: Credentials;
  readonly client: S3Client;
  /** Keys of multipart uploads that were neither completed nor aborted; unknown of another S3. */
  openUploads(bucket: string): readonly string[];
  /** Ends it, and removes what it made. */
  close(): Promise<void>;
}

export interface StorageOptions {
  readonly region: string;
  readonly account: string;
  readonly buckets: readonly BucketPlan[];
  /** Told of objects in the buckets that EventBridge is told of. */
  readonly onEvent: (event: BusEvent) => void;
}

export interface EmbeddedOptions extends StorageOptions {
  readonly admin: Credentials;
  readonly others: readonly Credentials[];
  readonly authorize: (request: AccessRequest) => boolean;
  readonly faults?: Faults;
  readonly port?: number;
}

/** An S3 of our own, in which everybody has the rights that the template gives. */
export async function embeddedStorage(options: EmbeddedOptions): Promise<Storage> {
  const { region, account, buckets, admin, others, authorize, faults, port } = options;
  const told = new Set(buckets.filter(({ isTold }) => isTold).map(({ name }) => name));
  const s3 = await startS3({
    region,
    account,
    credentials: [admin, ...others],
    authorize: (request) => request.accessKeyId === admin.accessKeyId || authorize(request),
    onEvent: (event) => {
      if (told.has(event.detail.bucket.name)) options.onEvent(busEvent(event));
    },
    ...(faults && { faults }),
    ...(port !== undefined && { port }),
  });
  for (const { name, isVersioned } of buckets) {
    s3.createBucket(name, isVersioned ? { versioning: 'Enabled' } : {});
  }
  const client = clientOf(s3.endpoint, region, admin);
  return {
    endpoint: s3.endpoint,
    region,
    credentials: admin,
    client,
    openUploads: (bucket) => s3.openUploads(bucket),
    close: async () => {
      client.destroy();
      await s3.close();
    },
  };
}

/** The event as plain JSON. */
const busEvent = (event: Omit<BusEvent, 'detail'> & { readonly detail: object }): BusEvent =>
  JSON.parse(JSON.stringify(event));

export interface ForeignOptions extends StorageOptions {
  readonly endpoint: string;
  readonly credentials: Credentials;
  /** Milliseconds between two looks for new objects. */
  readonly pollMs?: number;
  readonly log?: (line: string) => void;
}

/** Buckets in an S3 that is there already; those that were not there are removed at the end. */
export async function foreignStorage(options: ForeignOptions): Promise<Storage> {
  const { endpoint, region, credentials, buckets, log } = options;
  const client = clientOf(endpoint, region, credentials);
  const made: string[] = [];
  for (const bucket of buckets) {
    if (await makeBucket(client, bucket)) made.push(bucket.name);
  }
  const watchers = buckets
    .filter(({ isTold }) => isTold)
    .map(({ name }) => watchBucket({ ...options, client, bucket: name }));
  return {
    endpoint,
    region,
    credentials,
    client,
    openUploads: () => [],
    close: async () => {
      await Promise.all(watchers.map((watcher) => watcher.stop()));
      for (const bucket of made) {
        // That S3 may be gone before the stack is.
        await removeBucket(client, bucket).catch((error) => log?.(`${bucket} stays: ${error}`));
      }
      client.destroy();
    },
  };
}

const clientOf = (endpoint: string, region: string, credentials: Credentials): S3Client =>
  new S3Client({ endpoint, region, credentials, forcePathStyle: true });

/** Whether it was made: false where it was there. */
async function makeBucket(client: S3Client, { name, isVersioned }: BucketPlan): Promise<boolean> {
  const Bucket = name;
  const isThere = await client.send(new HeadBucketCommand({ Bucket })).then(
    () => true,
    () => false,
  );
  if (isThere) return false;
  await client.send(new CreateBucketCommand({ Bucket }));
  if (isVersioned) {
    // Not every S3 has versions; the functions work without.
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    const command = new PutBucketVersioningCommand({ Bucket, VersioningConfiguration });
    await client.send(command).catch(() => undefined);
  }
  return true;
}

/** With everything in it: old versions and uploads that nobody has ended too. */
async function removeBucket(client: S3Client, Bucket: string): Promise<void> {
  // What a page lists is gone before the next is asked for: the first is always the next.
  for (;;) {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    if (Uploads.length === 0) break;
    for (const { Key, UploadId } of Uploads) {
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    }
  }
  for (;;) {
    const listed = await client.send(new ListObjectVersionsCommand({ Bucket }));
    const versions = [...(listed.Versions ?? []), ...(listed.DeleteMarkers ?? [])];
    if (versions.length === 0) break;
    const Objects = versions.map(({ Key, VersionId }) => ({ Key, VersionId }));
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  }
  await client.send(new DeleteBucketCommand({ Bucket }));
}
