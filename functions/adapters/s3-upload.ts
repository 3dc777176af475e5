/** Files into objects, and objects into others: in one piece where S3 takes it, in parts where not. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { UploadPartCommand, UploadPartCopyCommand } from '@aws-sdk/client-s3';
import { ToolError } from '../../shared/base/errors.ts';
import { TREE_CHUNK_BYTES } from '../../shared/base/limits.ts';
import type { PutConditions } from '../../shared/pipeline/distributed/object-store.ts';
import { persistently } from './retry.ts';
import { type PartAddress, type SentPart, writeInParts } from './s3-multipart.ts';
import { copySourceOf, nameOf, type S3Place } from './s3-place.ts';

export interface UploadOptions {
  readonly size: number;
  readonly conditions?: PutConditions;
  readonly contentType?: string;
  /** Refuses what came together, before anybody sees it. */
  readonly check?: (parts: readonly SentPart[]) => void;
  /** For tests. */
  readonly partBytes?: number;
}

/**
 * Uploads a file in parts that stream from the disk. `undefined`: the condition did not hold.
 * @throws ToolError when the file changes meanwhile
 */
export function uploadInParts(
  place: S3Place,
  path: string,
  { partBytes = TREE_CHUNK_BYTES, ...options }: UploadOptions,
): Promise<{ readonly etag: string } | undefined> {
  const send = async (part: PartAddress, offset: number, length: number): Promise<SentPart> => {
    const range = { start: offset, end: Math.max(offset, offset + length - 1) };
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path, range)) hash.update(chunk);
    const sha256 = hash.digest('base64');
    // The SDK does not send a stream twice: so it is opened anew for every try.
    const { ETag = '' } = await persistently(() =>
      place.client.send(
        new UploadPartCommand({
          ...part,
          Body: createReadStream(path, range),
          ContentLength: length,
          ChecksumSHA256: sha256,
        }),
      ),
    );
    return { etag: ETag, sha256 };
  };
  return writeInParts(place, { ...options, partBytes, send });
}

/** Copies an object in parts, inside S3; S3 computes their SHA-256 from the bytes that it copied. */
export function copyInParts(
  from: S3Place,
  to: S3Place,
  { partBytes = TREE_CHUNK_BYTES, ...options }: UploadOptions,
): Promise<{ readonly etag: string } | undefined> {
  const send = async (part: PartAddress, offset: number, length: number): Promise<SentPart> => {
    const { CopyPartResult } = await to.client.send(
      new UploadPartCopyCommand({
        ...part,
        CopySource: copySourceOf(from),
        // Of small objects S3 copies no ranges, even if they are all of it.
        ...(length < options.size && { CopySourceRange: `bytes=${offset}-${offset + length - 1}` }),
      }),
    );
    const { ETag, ChecksumSHA256 } = CopyPartResult ?? {};
    if (ETag === undefined || ChecksumSHA256 === undefined)
      throw new ToolError(`S3 gave no checksum for a part copied from ${nameOf(from)}`);
    return { etag: ETag, sha256: ChecksumSHA256 };
  };
  return writeInParts(to, { ...options, partBytes, send });
}
