/**
 * Objects written in parts: each part's SHA-256 is checked by S3, the whole appears at once, and on a condition.
 * With parts of 64 MiB, S3's checksum of checksums is the object's `tree256` digest.
 */

import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
} from '@aws-sdk/client-s3';
import { LimitError } from '../../shared/base/errors.ts';
import type { PutConditions } from '../../shared/pipeline/distributed/object-store.ts';
import { inParallel, persistently } from './retry.ts';
import { isConflict, isLost, isUploadGone } from './s3-errors.ts';
import { addressOf, nameOf, type S3Place } from './s3-place.ts';

/** Of an upload: S3's own limit. */
export const MAX_PARTS = 10_000;

/** Parts under way at once, by default; they stream, so that they take little memory. */
const PARTS_AT_ONCE = 4;

/** How often an upload is begun anew after a conflict: each time somebody else finished theirs. */
const CONFLICTS = 10;

/** Where a part goes. */
export interface PartAddress {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
  readonly PartNumber: number;
}

/** What S3 says of a part that it took. */
export interface SentPart {
  readonly etag: string;
  /** SHA-256, base64; computed by S3. */
  readonly sha256: string;
}

/** A part of an object that is to be. */
export interface PartWindow {
  readonly offset: number;
  readonly length: number;
}

export interface MultipartPlan {
  readonly size: number;
  /** Of every part but the last; or each of them by itself, one behind the other. */
  readonly partBytes: number | readonly PartWindow[];
  /** Parts under way at once. */
  readonly atOnce?: number;
  /** Sends `length` bytes from `offset`. */
  readonly send: (part: PartAddress, offset: number, length: number) => Promise<SentPart>;
  /** Refuses what came together, before anybody sees it. */
  readonly check?: (parts: readonly SentPart[]) => void;
  readonly conditions?: PutConditions;
  readonly contentType?: string;
}

/** Writes an object in parts. `undefined`: its condition did not hold, and nothing was written. */
export async function writeInParts(
  place: S3Place,
  plan: MultipartPlan,
): Promise<{ readonly etag: string } | undefined> {
  const windows = windowsOf(plan);
  if (windows.length > MAX_PARTS)
    throw new LimitError(
      `${nameOf(place)} would have ${windows.length} parts, and S3 takes ${MAX_PARTS} of an object`,
    );
  return persistently(() => writeOnce(place, plan, windows), {
    attempts: CONFLICTS,
    isPassing: isConflict,
  });
}

function windowsOf({ size, partBytes }: MultipartPlan): readonly PartWindow[] {
  if (typeof partBytes !== 'number') return partBytes;
  const count = Math.max(1, Math.ceil(size / partBytes));
  return Array.from({ length: count }, (_, index) => {
    const offset = index * partBytes;
    return { offset, length: Math.min(partBytes, size - offset) };
  });
}

async function writeOnce(
  place: S3Place,
  plan: MultipartPlan,
  windows: readonly PartWindow[],
): Promise<{ readonly etag: string } | undefined> {
  const upload = await create(place, plan);
  const { UploadId } = upload;
  try {
    const parts = await inParallel(
      windows,
      plan.atOnce ?? PARTS_AT_ONCE,
      ({ offset, length }, index) =>
        plan.send({ ...upload, PartNumber: index + 1 }, offset, length),
    );
    plan.check?.(parts);
    const done = await complete(place, plan, UploadId, parts);
    if (!done) await abort(place, UploadId);
    return done;
  } catch (error) {
    await abort(place, UploadId);
    throw error;
  }
}

/** Where parts of one upload go. */
type Upload = Omit<PartAddress, 'PartNumber'>;

async function create(
  place: S3Place,
  { contentType }: Pick<MultipartPlan, 'contentType'>,
): Promise<Upload> {
  const { UploadId = '' } = await place.client.send(
    new CreateMultipartUploadCommand({
      ...addressOf(place),
      ChecksumAlgorithm: 'SHA256',
      ...(contentType !== undefined && { ContentType: contentType }),
    }),
  );
  return { Bucket: place.bucket, Key: place.key, UploadId };
}

/** What `work` gives, of an upload that is aborted afterwards: parts become no object. */
export async function withoutCompleting<T>(
  place: S3Place,
  work: (upload: Upload) => Promise<T>,
): Promise<T> {
  const upload = await create(place, {});
  try {
    return await work(upload);
  } finally {
    await abort(place, upload.UploadId);
  }
}

async function complete(
  place: S3Place,
  { conditions, size }: MultipartPlan,
  UploadId: string,
  parts: readonly SentPart[],
): Promise<{ readonly etag: string } | undefined> {
  try {
    const { ETag = '' } = await place.client.send(
      new CompleteMultipartUploadCommand({
        ...addressOf(place),
        UploadId,
        MpuObjectSize: size,
        MultipartUpload: {
          Parts: parts.map(({ etag, sha256 }, index) => ({
            PartNumber: index + 1,
            ETag: etag,
            ChecksumSHA256: sha256,
          })),
        },
        ...conditionsOf(conditions),
      }),
    );
    return { etag: ETag };
  } catch (error) {
    if (!isLost(error) && !isUploadGone(error)) throw error;
    // Refused, the upload is still there, unless an earlier try has completed it.
    await abort(place, UploadId);
    // The answer to an earlier try may have been lost: then what is there is ours.
    const there = await findWritten(place, parts);
    if (there || isLost(error)) return there;
    throw error;
  }
}

/** The object, if it was made of just these parts. */
async function findWritten(
  place: S3Place,
  parts: readonly SentPart[],
): Promise<{ readonly etag: string } | undefined> {
  const head = new HeadObjectCommand({ ...addressOf(place), ChecksumMode: 'ENABLED' });
  const there = await place.client.send(head).catch(() => undefined);
  const isOurs = there?.ChecksumSHA256 === `${treeOf(parts).toString('base64')}-${parts.length}`;
  return isOurs ? { etag: there?.ETag ?? '' } : undefined;
}

/** What is left of an upload costs money until the bucket's lifecycle finds it: so it is aborted, if it can be. */
async function abort(place: S3Place, UploadId: string): Promise<void> {
  const { bucket: Bucket, key: Key } = place;
  await place.client
    .send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
    .catch(() => {});
}

/** The SHA-256 of the parts' SHA-256. */
export function treeOf(parts: readonly SentPart[]): Buffer {
  const tree = createHash('sha256');
  for (const { sha256 } of parts) tree.update(Buffer.from(sha256, 'base64'));
  return tree.digest();
}

/** As the members of a command. */
export const conditionsOf = ({ ifNoneMatch, ifMatch }: PutConditions = {}) => ({
  ...(ifNoneMatch !== undefined && { IfNoneMatch: ifNoneMatch }),
  ...(ifMatch !== undefined && { IfMatch: ifMatch }),
});
