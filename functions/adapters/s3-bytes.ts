/** The bytes of an object by ranges, counted: a header is read without its weights. See `readByParts`. */
import type { RemoteBytes } from '../../shared/onnx/partial-source.ts';
import { readObject } from './s3-download.ts';
import { explainS3Error } from './s3-errors.ts';
import { nameOf, type S3Place } from './s3-place.ts';

/** What was asked for so far. */
export interface RangeCount {
  readonly requests: number;
  readonly bytes: number;
}

export interface CountedBytes extends RemoteBytes {
  readonly count: RangeCount;
}

/** An object of a known size. A version is best named: ranges of two objects make none. */
export function s3Bytes(place: S3Place, size: number): CountedBytes {
  const count = { requests: 0, bytes: 0 };
  return {
    name: nameOf(place),
    size,
    count,
    async fetch(offset, length) {
      count.requests += 1;
      count.bytes += length;
      try {
        const { bytes } = await readObject(place, { range: [offset, length] });
        return bytes;
      } catch (error) {
        throw explainS3Error(error, nameOf(place));
      }
    },
  };
}
