/** Where the chunks of a dataset are, in each of the ways in which files say it. Source: the specification, III.A.1 and VII. */
import { treeRecords } from './b-tree.ts';
import type { Cursor, FileBytes } from './file-bytes.ts';

export type ChunkIndex =
  | { readonly kind: 'old tree' | 'implicit' | 'fixed array' | 'tree'; readonly address: Address }
  | { readonly kind: 'single'; readonly address: Address; readonly packed?: Packed };

type Address = number | undefined;

/** A chunk went through filters. */
export interface Packed {
  /** In the file. */
  readonly length: number;
  /** A bit for each filter that was left out. */
  readonly skipped: number;
}

export interface StoredChunk {
  /** Of its first element. */
  readonly origin: readonly number[];
  readonly address: number;
  readonly packed?: Packed;
}

/** How a dataset is cut. */
export interface Grid {
  readonly dims: readonly number[];
  readonly chunk: readonly number[];
  readonly chunkBytes: number;
  readonly isPacked: boolean;
}

const WHAT = 'a dataset in parts';

/** The chunks that were written. @throws ModelError for a damaged index */
export function* storedChunks(
  file: FileBytes,
  index: ChunkIndex,
  grid: Grid,
): Generator<StoredChunk> {
  const { address } = index;
  if (address === undefined) return;
  switch (index.kind) {
    case 'single':
      yield {
        origin: grid.dims.map(() => 0),
        address,
        ...(index.packed && { packed: index.packed }),
      };
      return;
    case 'implicit':
      for (let number = 0; number < chunkCount(grid); number++)
        yield { origin: originOf(grid, number), address: address + number * grid.chunkBytes };
      return;
    case 'old tree':
      yield* oldTree(file, address, grid, new Set(), 256);
      return;
    case 'fixed array':
      yield* fixedArray(file, address, grid);
      return;
    case 'tree':
      for (const record of treeRecords(file, address, grid.isPacked ? 11 : 10)) {
        const { chunk, isPacked } = grid;
        const place = readPlace(record, isPacked, record.left - 8 * chunk.length);
        const origin = chunk.map((size) => record.u64() * size);
        if (place) yield { ...place, origin };
      }
  }
}

/** How many chunks the whole dataset has. */
export const chunkCount = ({ dims, chunk }: Grid): number =>
  dims.reduce((product, dim, axis) => product * Math.ceil(dim / (chunk[axis] ?? 1)), 1);

/** Where the chunk of that number begins, the last axis counted first. */
function originOf({ dims, chunk }: Grid, number: number): readonly number[] {
  const origin = dims.map(() => 0);
  let left = number;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const size = chunk[axis] ?? 1;
    const count = Math.ceil((dims[axis] ?? 0) / size);
    origin[axis] = (left % count) * size;
    left = Math.floor(left / count);
  }
  return origin;
}

/** Address, length in the file and skipped filters, in `bytes` bytes; `undefined` where there is no chunk. */
function readPlace(
  entry: Cursor,
  isPacked: boolean,
  bytes: number,
): Omit<StoredChunk, 'origin'> | undefined {
  const address = entry.address();
  const packed = isPacked ? { length: entry.uint(bytes - 12), skipped: entry.u32() } : undefined;
  return address === undefined ? undefined : { address, ...(packed && { packed }) };
}

const CHUNK_NODES = 1;
const NODE_HEAD_BYTES = 24;

function* oldTree(
  file: FileBytes,
  address: number,
  grid: Grid,
  seen: Set<number>,
  below: number,
): Generator<StoredChunk> {
  const head = file.read(address, NODE_HEAD_BYTES, WHAT).expect('TREE').version(CHUNK_NODES);
  const [level, count] = [head.u8(), head.u16()];
  if (seen.has(address) || level >= below) throw head.damaged();
  seen.add(address);
  // The place of the last axis, the bytes of an element, is always 0.
  const keyBytes = 8 + 8 * (grid.dims.length + 1);
  const entries = file.read(address + NODE_HEAD_BYTES, count * (keyBytes + 8), WHAT);
  for (let entry = 0; entry < count; entry++) {
    const packed = { length: entries.u32(), skipped: entries.u32() };
    const origin = grid.dims.map(() => entries.u64());
    const child = entries.skip(8).address();
    if (child === undefined) throw head.damaged();
    if (level > 0) yield* oldTree(file, child, grid, seen, level);
    else yield { origin, address: child, ...(grid.isPacked && { packed }) };
  }
}

function* fixedArray(file: FileBytes, address: number, grid: Grid): Generator<StoredChunk> {
  const head = file.read(address, 24, WHAT).expect('FAHD').version(0);
  const isPacked = head.u8() === 1;
  const [entryBytes, pageBits] = [head.u8(), head.u8()];
  const count = Math.min(head.u64(), chunkCount(grid));
  const block = head.address();
  if (block === undefined) return;
  file.read(block, 14, WHAT).expect('FADB').version(0);
  const pageEntries = 2 ** Math.min(pageBits, 32);
  const isPaged = count > pageEntries;
  const pages = Math.ceil(count / pageEntries);
  const used = isPaged ? file.read(block + 14, Math.ceil(pages / 8), WHAT).rest() : undefined;
  // Checksums end the list of pages and each page.
  let at = block + 14 + (used ? used.length + 4 : 0);
  for (let page = 0; page < pages; page++) {
    const length = Math.min(pageEntries, count - page * pageEntries) * entryBytes;
    const isUsed = !used || ((used[page >> 3] ?? 0) & (0x80 >> (page & 7))) !== 0;
    if (isUsed) {
      const entries = file.read(at, length, WHAT);
      for (let number = page * pageEntries; entries.left > 0; number++) {
        const place = readPlace(entries.part(entryBytes), isPacked, entryBytes);
        if (place) yield { ...place, origin: originOf(grid, number) };
      }
    }
    at += length + 4;
  }
}
