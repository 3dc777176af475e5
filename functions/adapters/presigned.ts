/**
 * Addresses that allow one request for a while: all that a worker without rights gets. They end early when the
 * credentials of the role that signed them do.
 */
import {
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Digest } from '../../shared/base/brand.ts';
import type { Addresses } from '../../shared/pipeline/distributed/write-orders.ts';
import { addressOf, type S3Place } from './s3-place.ts';
import { blobKey } from './s3-store.ts';

/** How long an address lasts. */
export interface Lasting {
  readonly seconds: number;
}

/** SHA-256 in base64 that the bytes must have; without it, any bytes go. */
export interface Bound {
  readonly sha256?: string;
}

/** To read an object. */
export function presignGet(place: S3Place, { seconds }: Lasting): Promise<string> {
  return getSignedUrl(place.client, new GetObjectCommand(addressOf(place)), {
    expiresIn: seconds,
  });
}

/** To write an object. With `sha256`, the request must carry it as `x-amz-checksum-sha256`. */
export function presignPut(place: S3Place, { seconds, sha256 }: Lasting & Bound): Promise<string> {
  const command = new PutObjectCommand({ ...addressOf(place), ...checksumOf(sha256) });
  return getSignedUrl(place.client, command, { expiresIn: seconds, ...AS_HEADERS });
}

/** To write a part of an upload; likewise. */
export function presignPart(
  place: S3Place,
  part: { readonly uploadId: string; readonly number: number },
  { seconds, sha256 }: Lasting & Bound,
): Promise<string> {
  const command = new UploadPartCommand({
    ...addressOf(place),
    UploadId: part.uploadId,
    PartNumber: part.number,
    ...checksumOf(sha256),
  });
  return getSignedUrl(place.client, command, { expiresIn: seconds, ...AS_HEADERS });
}

/** Addresses of objects of the outbox, and of others by name, for orders. */
export function presignedAddresses(client: S3Client, outbox: string, lasting: Lasting): Addresses {
  return {
    read: ({ bucket = outbox, key, versionId }) => {
      const place = { client, bucket, key };
      return presignGet(versionId === undefined ? place : { ...place, versionId }, lasting);
    },
    write: (key) => presignPut({ client, bucket: outbox, key }, lasting),
    blobKey: (digest: Digest) => blobKey(digest),
  };
}

/** Only a header that is signed binds the request to its bytes: in the query, S3 may not look at it. */
const AS_HEADERS = { unhoistableHeaders: new Set(['x-amz-checksum-sha256']) };

const checksumOf = (sha256: string | undefined) =>
  sha256 === undefined ? {} : { ChecksumSHA256: sha256 };
