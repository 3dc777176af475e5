/**
 * Blobs out of ranges of others, inside S3: nobody reads them, but for what is too small for S3, and S3 itself tells
 * their digest. They come together under a key of their own first, since a blob's key is its digest, which is known
 * only then.
 */
import type { Digest } from '../../shared/base/brand.ts';
import { digestJson, hexOf } from '../../shared/base/digest.ts';
import { DefectError, InputError } from '../../shared/base/errors.ts';
import type { Piece } from '../../shared/pipeline/store/store.ts';
import { type SentPart, treeOf } from './s3-multipart.ts';
import type { S3Place } from './s3-place.ts';
import { type CopiedRange, copyWhole, joinRanges } from './s3-upload.ts';

/** S3's: no part but the last has fewer bytes, and it copies ranges only of objects that have more. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

export interface ConcatOptions {
  readonly placeOf: (key: string) => S3Place;
  /** Where a blob lies, and how large it is; `undefined` when there is none. */
  readonly find: (
    digest: Digest,
  ) => Promise<{ readonly place: S3Place; readonly bytes: number } | undefined>;
  /** Above it a digest is `tree256`. */
  readonly plainMax: number;
  readonly chunk: number;
}

/** What came together, under a key below `work/`, which expires. @throws InputError for pieces of what is not there */
export async function joinPieces(
  pieces: readonly Piece[],
  { placeOf, find, plainMax, chunk }: ConcatOptions,
): Promise<{ readonly digest: Digest; readonly place: S3Place }> {
  const size = pieces.reduce((sum, { length }) => sum + length, 0);
  const ranges = await rangesOf(pieces, find, chunk);
  const key = `work/joined/${hexOf(digestJson(pieces))}`;
  const joined = placeOf(key);
  // Chunks of less are those of tests, whose server takes them.
  const least = Math.min(MIN_PART_BYTES, chunk);
  const isCopied = ({ length, of }: CopiedRange): boolean => length === of || of > least;
  let sent: readonly SentPart[] = [];
  const note = (parts: readonly SentPart[]): void => {
    sent = parts;
  };
  if (size > plainMax) {
    if (ranges.slice(0, -1).some(({ length }) => length !== chunk))
      throw new DefectError('pieces of a large blob do not begin at its chunks');
    await joinRanges(
      ranges.map((range) => [range]),
      joined,
      { isCopied, check: note },
    );
    return { digest: `tree256:${treeOf(sent).toString('hex')}` as Digest, place: joined };
  }
  const parts = partsOf(ranges, least);
  await joinRanges(parts, joined, { isCopied, check: note });
  // At a stroke: its checksum is that of the whole.
  if (parts.length > 1) note([await copyWhole(joined, placeOf(`${key}-whole`))]);
  const sha256 = Buffer.from(sent[0]?.sha256 ?? '', 'base64').toString('hex');
  return { digest: `sha256:${sha256}` as Digest, place: joined };
}

/** Each at most a chunk. */
async function rangesOf(
  pieces: readonly Piece[],
  find: ConcatOptions['find'],
  chunk: number,
): Promise<CopiedRange[]> {
  const ranges: CopiedRange[] = [];
  for (const { digest, offset, length } of pieces) {
    const found = await find(digest);
    if (!found)
      throw new InputError(`the store does not hold ${digest}`, {
        hint: 'It may have been cleaned meanwhile; start the job again.',
      });
    if (offset + length > found.bytes)
      throw new InputError(`${digest} has ${found.bytes} bytes, fewer than a piece of it`);
    for (let at = 0; at < length; at += chunk)
      ranges.push({
        from: found.place,
        offset: offset + at,
        length: Math.min(chunk, length - at),
        of: found.bytes,
      });
  }
  return ranges;
}

/** A range that is too small for a part, and just so much of what is behind it that it becomes one. */
function partsOf(ranges: readonly CopiedRange[], least: number): readonly CopiedRange[][] {
  const parts: CopiedRange[][] = [];
  let missing = 0;
  for (const range of ranges) {
    const taken = Math.min(missing, range.length);
    if (taken > 0) parts.at(-1)?.push({ ...range, length: taken });
    missing -= taken;
    if (taken === range.length) continue;
    const rest = { ...range, offset: range.offset + taken, length: range.length - taken };
    parts.push([rest]);
    missing = Math.max(0, least - rest.length);
  }
  return parts;
}
