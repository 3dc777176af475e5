/** Tells of new objects in a bucket of an S3 that tells nobody itself: looks, again and again. */
import { randomUUID } from 'node:crypto';
import { HeadObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { BusEvent } from '../events/event-bus.ts';
import { isoSeconds } from '../events/start-events.ts';

export interface WatchOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly region: string;
  readonly account: string;
  readonly onEvent: (event: BusEvent) => void;
  /** Milliseconds between two looks. Default 500. */
  readonly pollMs?: number;
}

/** Objects that are there at the start are no news. */
export function watchBucket(options: WatchOptions): { stop(): Promise<void> } {
  const { client, bucket, onEvent, pollMs = 500 } = options;
  const known = new Map<string, string>();
  const stopped = new AbortController();
  let sequence = 0;

  const look = async (isFirst: boolean): Promise<void> => {
    const listing = paginateListObjectsV2({ client }, { Bucket: bucket });
    for await (const { Contents = [] } of listing) {
      for (const { Key = '', ETag = '', Size = 0, LastModified } of Contents) {
        const state = `${ETag} ${LastModified?.getTime()}`;
        if (known.get(Key) === state) continue;
        known.set(Key, state);
        if (isFirst) continue;
        const head = new HeadObjectCommand({ Bucket: bucket, Key });
        const { VersionId } = await client.send(head).catch(() => ({ VersionId: undefined }));
        const sequencer = (Date.now() * 1000 + (sequence++ % 1000)).toString(16).toUpperCase();
        const object = {
          key: Key,
          size: Size,
          etag: ETag.replaceAll('"', ''),
          sequencer,
          ...(VersionId !== undefined && { 'version-id': VersionId }),
        };
        onEvent(created(options, object));
      }
    }
  };

  const run = async (): Promise<void> => {
    for (let isFirst = true; !stopped.signal.aborted; isFirst = false) {
      // An S3 that is busy is asked again.
      await look(isFirst).catch(() => undefined);
      await pause(pollMs, stopped.signal);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}

function created(
  { region, account, bucket }: WatchOptions,
  object: Readonly<Record<string, string | number>>,
): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account,
    time: isoSeconds(Date.now()),
    region,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: { version: '0', bucket: { name: bucket }, object, reason: 'PutObject' },
  };
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
