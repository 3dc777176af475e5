/** What S3 tells EventBridge. */
import { randomUUID } from 'node:crypto';
import type { Bucket, ObjectVersion, Version } from './buckets.ts';

/** An event as EventBridge delivers it. */
export interface ObjectEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'Object Created' | 'Object Deleted';
  readonly source: 'aws.s3';
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: {
    readonly version: '0';
    readonly bucket: { readonly name: string };
    readonly object: {
      readonly key: string;
      readonly size?: number;
      readonly etag?: string;
      readonly 'version-id'?: string;
      readonly sequencer: string;
    };
    readonly 'request-id': string;
    readonly requester: string;
    readonly 'source-ip-address': string;
    readonly reason: Reason;
    readonly 'deletion-type'?: 'Permanently Deleted' | 'Delete Marker Created';
  };
}

export type Reason = 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload' | 'DeleteObject';

/** The request behind an event. */
export interface Cause {
  readonly reason: Reason;
  readonly requestId: string;
  readonly address: string;
}

interface Place {
  readonly region: string;
  readonly account: string;
}

/** `Object Created` */
export function objectCreated(
  place: Place,
  bucket: Bucket,
  { key, body, etag, versionId }: ObjectVersion,
  sequencer: string,
  cause: Cause,
): ObjectEvent {
  const object = { key, size: body.size, etag, ...idOf(bucket, versionId), sequencer };
  return event(place, 'Object Created', bucket, object, cause);
}

/** `Object Deleted` */
export function objectDeleted(
  place: Place,
  bucket: Bucket,
  version: Version,
  sequencer: string,
  cause: Cause,
): ObjectEvent {
  const object = {
    key: version.key,
    ...(version.kind === 'object' && { etag: version.etag }),
    ...idOf(bucket, version.versionId),
    sequencer,
  };
  const isMarked = version.kind === 'marker';
  const type = isMarked ? 'Delete Marker Created' : 'Permanently Deleted';
  return event(place, 'Object Deleted', bucket, object, cause, type);
}

const idOf = (bucket: Bucket, versionId: string): { 'version-id'?: string } =>
  bucket.versioning === undefined ? {} : { 'version-id': versionId };

function event(
  { region, account }: Place,
  type: ObjectEvent['detail-type'],
  bucket: Bucket,
  object: ObjectEvent['detail']['object'],
  { reason, requestId, address }: Cause,
  deletion?: ObjectEvent['detail']['deletion-type'],
): ObjectEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': type,
    source: 'aws.s3',
    account,
    time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [`arn:aws:s3:::${bucket.name}`],
    detail: {
      version: '0',
      bucket: { name: bucket.name },
      object,
      'request-id': requestId,
      requester: account,
      'source-ip-address': address,
      reason,
      ...(deletion && { 'deletion-type': deletion }),
    },
  };
}
