/** What the parts of a dataset went through before they were written, and the way back. Source: IV.A.2.l. */
import { inflateSync } from 'node:zlib';
import { FettleError } from '../../base/errors.ts';
import { allocate, type Cursor, damaged, refused } from './file-bytes.ts';

export interface Filter {
  readonly id: number;
  readonly values: readonly number[];
}

/** Those that are part of every library without a licence of its own. */
const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;
/** What others are called. */
const NAMES: Readonly<Record<number, string>> = {
  4: 'szip',
  5: 'n-bit',
  6: 'scale and offset',
  32000: 'lzf',
  32001: 'blosc',
  32004: 'lz4',
  32008: 'bitshuffle',
  32013: 'zfp',
  32015: 'zstd',
};

/** Names of filters with numbers below this are known, and left out in the second version. */
const FIRST_NAMED = 256;
/** As libhdf5 has it (CWE-400). */
const MAX_FILTERS = 32;

/** The filters of a dataset in the order in which they were applied. @throws ModelError, UnsupportedError for unknown ones */
export function readFilters(cursor: Cursor | undefined, where: string): readonly Filter[] {
  if (!cursor) return [];
  const version = cursor.u8();
  const count = cursor.u8();
  if (version < 1 || version > 2 || count > MAX_FILTERS) throw cursor.damaged();
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => {
    const id = cursor.u16();
    const nameBytes = version === 1 || id >= FIRST_NAMED ? cursor.u16() : 0;
    // Whether parts may go without it: it says of each part whether it did.
    const valueCount = cursor.skip(2).u16();
    cursor.skip(version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes);
    const values = Array.from({ length: valueCount }, () => cursor.u32());
    if (version === 1 && valueCount % 2 === 1) cursor.skip(4);
    if (![DEFLATE, SHUFFLE, FLETCHER32].includes(id))
      throw refused(where, `is packed by ${NAMES[id] ?? `filter ${id}`}`);
    return { id, values };
  });
}

/**
 * The bytes as they were before; `skipped` has a bit for each filter that was not applied.
 * @throws ModelError when they are not `length` bytes
 */
export function undoFilters(
  packed: Uint8Array,
  { filters, skipped, length, where }: Packing,
): Uint8Array {
  let bytes = packed;
  // A checksum may have been packed, too.
  const limit = length + 4 * filters.length;
  try {
    for (let index = filters.length - 1; index >= 0; index--) {
      const filter = filters[index];
      if (!filter || (skipped >>> index) & 1) continue;
      if (filter.id === DEFLATE) bytes = inflateSync(bytes, { maxOutputLength: limit });
      else if (filter.id === SHUFFLE) bytes = unshuffle(bytes, filter.values[0] ?? 1, where);
      else bytes = checked(bytes, where);
    }
  } catch (error) {
    if (error instanceof FettleError) throw error;
    throw damaged(where, undefined, error);
  }
  if (bytes.length !== length) throw damaged(where);
  return bytes;
}

interface Packing {
  readonly filters: readonly Filter[];
  readonly skipped: number;
  readonly length: number;
  readonly where: string;
}

/** First bytes of all elements stand together, then the second ones, and so on. */
function unshuffle(bytes: Uint8Array, size: number, where: string): Uint8Array {
  if (size < 2 || size > bytes.length) return bytes;
  const count = Math.floor(bytes.length / size);
  const result = allocate(where, bytes.length);
  for (let byte = 0; byte < size; byte++) {
    const from = byte * count;
    for (let element = 0; element < count; element++)
      result[element * size + byte] = bytes[from + element] ?? 0;
  }
  result.set(bytes.subarray(count * size), count * size);
  return result;
}

/** The bytes before the checksum. @throws ModelError when it does not fit them */
function checked(bytes: Uint8Array, where: string): Uint8Array {
  if (bytes.length < 4) throw damaged(where);
  const end = bytes.length - 4;
  const data = bytes.subarray(0, end);
  const wanted = new DataView(bytes.buffer, bytes.byteOffset + end).getUint32(0, true);
  if (fletcher32(data) !== wanted) throw damaged(where);
  return data;
}

/** As libhdf5 computes it: over 16 bits at a time, the first byte the higher one, with the carry added again. */
export function fletcher32(bytes: Uint8Array): number {
  const folded = (sum: number): number => (sum & 0xffff) + (sum >>> 16);
  let [low, high] = [0, 0];
  for (let at = 0; at < bytes.length; at += 2) {
    low = folded(low + ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0));
    high = folded(high + low);
  }
  return high * 2 ** 16 + low;
}
