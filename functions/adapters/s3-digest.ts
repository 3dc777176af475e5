/**
 * The digest of an object that nobody reads: S3 computes it of the parts that it copies into an upload, which is then
 * aborted. A second per part, many at a time, and no byte comes here.
 */
import type { Digest } from '../../shared/base/brand.ts';
import { digestBytes } from '../../shared/base/digest.ts';
import { InputError } from '../../shared/base/errors.ts';
import { PLAIN_DIGEST_MAX_BYTES, TREE_CHUNK_BYTES } from '../../shared/base/limits.ts';
import { inParallel } from './retry.ts';
import { readObject } from './s3-download.ts';
import { explainS3Error, isMissing } from './s3-errors.ts';
import { MAX_PARTS, type PartWindow, treeOf, withoutCompleting } from './s3-multipart.ts';
import { nameOf, type S3Place } from './s3-place.ts';
import { COPIES_AT_ONCE, copyPart } from './s3-upload.ts';

/** `plainMax`, `chunk` and `maxParts` are for tests. */
export interface DigestOptions {
  readonly plainMax?: number;
  readonly chunk?: number;
  readonly maxParts?: number;
}

/** Fetched and hashed here: three requests to S3 take as long as a file of this size. */
const FETCHED_BYTES = 8 * 1024 * 1024;

/**
 * Of the object of `size` bytes at `from`; `scratch` is where parts may be, which never becomes an object.
 * @throws InputError when there is no such object
 */
export async function digestObject(
  from: S3Place,
  size: number,
  scratch: S3Place,
  options: DigestOptions = {},
): Promise<Digest> {
  try {
    return await digestIt(from, size, scratch, options);
  } catch (error) {
    if (isMissing(error)) throw new InputError(`there is no ${nameOf(from)}`, { cause: error });
    throw explainS3Error(error, nameOf(from));
  }
}

async function digestIt(
  from: S3Place,
  size: number,
  scratch: S3Place,
  {
    plainMax = PLAIN_DIGEST_MAX_BYTES,
    chunk = TREE_CHUNK_BYTES,
    maxParts = MAX_PARTS,
  }: DigestOptions,
): Promise<Digest> {
  if (size === 0) return digestBytes('');
  if (size <= Math.min(plainMax, FETCHED_BYTES, chunk))
    return digestBytes((await readObject(from)).bytes);
  const isTree = size > plainMax;
  const windows = windowsOf(size, isTree ? chunk : size);
  const parts = [];
  // An upload has so many parts at most, and there may be several.
  for (let first = 0; first < windows.length; first += maxParts) {
    const some = windows.slice(first, first + maxParts);
    const copied = await withoutCompleting(scratch, (upload) =>
      inParallel(some, COPIES_AT_ONCE, ({ offset, length }, index) =>
        copyPart({ ...upload, PartNumber: index + 1 }, scratch, { from, offset, length, of: size }),
      ),
    );
    parts.push(...copied);
  }
  if (isTree) return `tree256:${treeOf(parts).toString('hex')}` as Digest;
  const [whole] = parts;
  return `sha256:${Buffer.from(whole?.sha256 ?? '', 'base64').toString('hex')}` as Digest;
}

function windowsOf(size: number, partBytes: number): PartWindow[] {
  return Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => {
    const offset = index * partBytes;
    return { offset, length: Math.min(partBytes, size - offset) };
  });
}
