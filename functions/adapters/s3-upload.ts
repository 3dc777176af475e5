/** Files into objects, and objects into others: in one piece where S3 takes it, in parts where not. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  CopyObjectCommand,
  type CopyObjectResult,
  type CopyPartResult,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { ToolError } from '../../shared/base/errors.ts';
import { TREE_CHUNK_BYTES } from '../../shared/base/limits.ts';
import type { PutConditions } from '../../shared/pipeline/distributed/object-store.ts';
import { persistently } from './retry.ts';
import { readObject } from './s3-download.ts';
import { type PartAddress, type SentPart, writeInParts } from './s3-multipart.ts';
import { addressOf, copySourceOf, nameOf, type S3Place } from './s3-place.ts';

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

/** Parts that S3 copies by itself at once: they pass through nobody, and each takes a second. */
export const COPIES_AT_ONCE = 32;

/** A range of an object that becomes a part of another. */
export interface CopiedRange {
  readonly from: S3Place;
  readonly offset: number;
  readonly length: number;
  /** Of the object that it is a range of. */
  readonly of: number;
}

export interface JoinOptions extends Pick<UploadOptions, 'conditions' | 'check'> {
  /** Whether S3 copies a part of this range. */
  readonly isCopied: (range: CopiedRange) => boolean;
}

/**
 * Parts out of ranges of objects, one behind the other: those of one range are copied inside S3, others are read and
 * sent.
 */
export function joinRanges(
  parts: readonly (readonly CopiedRange[])[],
  to: S3Place,
  { isCopied, ...options }: JoinOptions,
): Promise<{ readonly etag: string } | undefined> {
  let size = 0;
  const windows = parts.map((ranges) => {
    const length = ranges.reduce((sum, range) => sum + range.length, 0);
    size += length;
    return { offset: size - length, length };
  });
  const byOffset = new Map(windows.map(({ offset }, index) => [offset, parts[index]]));
  const send = async (part: PartAddress, at: number): Promise<SentPart> => {
    const ranges = byOffset.get(at) ?? [];
    const [range] = ranges;
    if (!range) throw new ToolError(`there is no range for the part at ${at}`);
    return ranges.length === 1 && isCopied(range)
      ? copyPart(part, to, range)
      : sendRanges(part, to, ranges);
  };
  return writeInParts(to, { ...options, size, partBytes: windows, atOnce: COPIES_AT_ONCE, send });
}

async function sendRanges(
  part: PartAddress,
  to: S3Place,
  ranges: readonly CopiedRange[],
): Promise<SentPart> {
  const pieces = await Promise.all(
    ranges.map(({ from, offset, length }) => readObject(from, { range: [offset, length] })),
  );
  const body = Buffer.concat(pieces.map(({ bytes }) => bytes));
  const sha256 = createHash('sha256').update(body).digest('base64');
  const { ETag = '' } = await to.client.send(
    new UploadPartCommand({ ...part, Body: body, ChecksumSHA256: sha256 }),
  );
  return { etag: ETag, sha256 };
}

/** Copies an object in parts, inside S3; S3 computes their SHA-256 from the bytes that it copied. */
export function copyInParts(
  from: S3Place,
  to: S3Place,
  { partBytes = TREE_CHUNK_BYTES, ...options }: UploadOptions,
): Promise<{ readonly etag: string } | undefined> {
  const send = (part: PartAddress, offset: number, length: number): Promise<SentPart> =>
    copyPart(part, to, { from, offset, length, of: options.size });
  return writeInParts(to, { ...options, partBytes, atOnce: COPIES_AT_ONCE, send });
}

/**
 * Copies an object of at most 5 GiB at a stroke, whatever is at `to`. Whoever is killed in it leaves no upload.
 *
 * @throws ToolError when S3 does not say what it copied
 */
export async function copyWhole(from: S3Place, to: S3Place): Promise<SentPart> {
  const { CopyObjectResult } = await to.client.send(
    new CopyObjectCommand({
      ...addressOf(to),
      CopySource: copySourceOf(from),
      ChecksumAlgorithm: 'SHA256',
    }),
  );
  return copiedPart(CopyObjectResult, from);
}

/** A part that S3 copies by itself. @throws ToolError when it does not say what it copied */
export async function copyPart(
  part: PartAddress,
  to: S3Place,
  { from, offset, length, of }: CopiedRange,
): Promise<SentPart> {
  const { CopyPartResult } = await to.client.send(
    new UploadPartCopyCommand({
      ...part,
      CopySource: copySourceOf(from),
      // Of small objects S3 copies no ranges, even if they are all of it.
      ...(length < of && { CopySourceRange: `bytes=${offset}-${offset + length - 1}` }),
    }),
  );
  return copiedPart(CopyPartResult, from);
}

function copiedPart(
  copied: CopyObjectResult | CopyPartResult | undefined,
  from: S3Place,
): SentPart {
  const { ETag, ChecksumSHA256 } = copied ?? {};
  if (ETag === undefined || ChecksumSHA256 === undefined)
    throw new ToolError(`S3 gave no checksum for what it copied from ${nameOf(from)}`);
  return { etag: ETag, sha256: ChecksumSHA256 };
}
