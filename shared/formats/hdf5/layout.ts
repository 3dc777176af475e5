/** Where the elements of a dataset are. Source: the specification, IV.A.2.i. */
import type { ChunkIndex } from './chunk-index.ts';
import { type Cursor, refused } from './file-bytes.ts';

export type Layout =
  | { readonly kind: 'compact'; readonly bytes: Uint8Array }
  | { readonly kind: 'contiguous'; readonly address: number | undefined; readonly length: number }
  | { readonly kind: 'chunked'; readonly dims: readonly number[]; readonly index: ChunkIndex };

const COMPACT = 0;
const CONTIGUOUS = 1;
const CHUNKED = 2;
const VIRTUAL = 3;

/** Indexes of chunks of version 4, as the specification numbers them. */
const SINGLE = 1;
const IMPLICIT = 2;
const FIXED_ARRAY = 3;
const EXTENSIBLE_ARRAY = 4;
const TREE = 5;

/** Flags of chunked layouts from version 4 on. */
const PLAIN_EDGES = 1;
const IS_PACKED = 2;

/** `where` is the dataset, for messages. @throws ModelError, UnsupportedError */
export function readLayout(cursor: Cursor, where: string): Layout {
  const version = cursor.u8();
  if (version < 3) throw refused(where, 'is stored as HDF5 did before 2004');
  if (version > 5) throw refused(where, `has a layout of version ${version}`);
  const kind = cursor.u8();
  switch (kind) {
    case COMPACT:
      return { kind: 'compact', bytes: cursor.take(cursor.u16()) };
    case CONTIGUOUS:
      return { kind: 'contiguous', address: cursor.address(), length: cursor.u64() };
    case CHUNKED:
      return version === 3 ? chunked(cursor) : chunkedAnew(cursor, where);
    case VIRTUAL:
      throw refused(where, 'is put together from other datasets');
    default:
      throw cursor.damaged();
  }
}

function chunked(cursor: Cursor): Layout {
  // The last axis stands for the bytes of an element.
  const rank = cursor.u8() - 1;
  const address = cursor.address();
  if (rank < 1) throw cursor.damaged();
  const dims = Array.from({ length: rank }, () => cursor.u32());
  return { kind: 'chunked', dims, index: { kind: 'old tree', address } };
}

function chunkedAnew(cursor: Cursor, where: string): Layout {
  const flags = cursor.u8();
  if (flags & PLAIN_EDGES)
    throw refused(where, 'has parts that are packed and others that are not');
  const rank = cursor.u8() - 1;
  if (rank < 1) throw cursor.damaged();
  const dimBytes = cursor.u8();
  const dims = Array.from({ length: rank }, () => cursor.uint(dimBytes));
  cursor.skip(dimBytes);
  return { kind: 'chunked', dims, index: readIndex(cursor, flags, where) };
}

function readIndex(cursor: Cursor, flags: number, where: string): ChunkIndex {
  switch (cursor.u8()) {
    case SINGLE: {
      const packed =
        flags & IS_PACKED ? { length: cursor.u64(), skipped: cursor.u32() } : undefined;
      return { kind: 'single', address: cursor.address(), ...(packed && { packed }) };
    }
    case IMPLICIT:
      return { kind: 'implicit', address: cursor.address() };
    case FIXED_ARRAY:
      // How many elements a page has, which its header says, too.
      return { kind: 'fixed array', address: cursor.skip(1).address() };
    case EXTENSIBLE_ARRAY:
      throw refused(where, 'was made to grow along one axis');
    case TREE:
      // The size of its nodes, and when they are split and merged: its header says so, too.
      return { kind: 'tree', address: cursor.skip(6).address() };
    default:
      throw cursor.damaged();
  }
}
