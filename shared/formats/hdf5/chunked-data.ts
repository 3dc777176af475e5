/** The elements of a dataset that was written in chunks. */
import { ModelError } from '../../base/errors.ts';
import {
  type ChunkIndex,
  chunkCount,
  type Grid,
  type StoredChunk,
  storedChunks,
} from './chunk-index.ts';
import { allocate, damaged, type FileBytes } from './file-bytes.ts';
import { type Filter, undoFilters } from './filters.ts';

export interface ChunkedData {
  readonly dims: readonly number[];
  readonly chunk: readonly number[];
  /** Bytes of an element. */
  readonly size: number;
  readonly index: ChunkIndex;
  readonly filters: readonly Filter[];
  /** An element that was never written; zeros otherwise. */
  readonly fill: Uint8Array | undefined;
  /** For messages. */
  readonly where: string;
}

/** Deflate shrinks at most 1032 times: what claims to hold more than that is no model (CWE-409). */
export const MAX_INFLATION = 1040;
/** The chunks of a small dataset may be much larger than it is. */
const MAX_EXTRA_BYTES = 64 << 20;

/** All elements, as they are in the file. @throws ModelError for damaged ones */
export function readChunks(file: FileBytes, data: ChunkedData): Uint8Array {
  const { dims, chunk, size, index, filters, where } = data;
  const chunkBytes = chunk.reduce((product, dim) => product * dim, size);
  const grid: Grid = { dims, chunk, chunkBytes, isPacked: filters.length > 0 };
  if (dims.length !== chunk.length || !(chunkBytes > 0)) throw damaged(where);
  const limit = file.source.size * MAX_INFLATION + MAX_EXTRA_BYTES;
  if (!(chunkCount(grid) * chunkBytes <= limit))
    throw new ModelError(
      `${where} claims to be in ${chunkCount(grid)} parts of ${chunkBytes} bytes`,
    );
  const bytes = filled(
    allocate(
      where,
      dims.reduce((product, dim) => product * dim, size),
    ),
    data,
  );
  let left = chunkCount(grid);
  for (const stored of storedChunks(file, index, grid)) {
    // Each is read once, however often the index names it.
    if (left-- === 0) throw damaged(where);
    if (stored.origin.some((at, axis) => at % (chunk[axis] ?? 1) !== 0)) throw damaged(where);
    // Left over from when the dataset was larger.
    if (stored.origin.some((at, axis) => at >= (dims[axis] ?? 0))) continue;
    place(bytes, unpacked(file, stored, chunkBytes, data), stored.origin, data);
  }
  return bytes;
}

/** The bytes with the fill value in each element. */
export function filled(
  bytes: Uint8Array,
  { fill, size }: Pick<ChunkedData, 'fill' | 'size'>,
): Uint8Array {
  if (fill?.length === size && fill.some((byte) => byte !== 0))
    Buffer.from(bytes.buffer).fill(fill);
  return bytes;
}

function unpacked(
  file: FileBytes,
  { address, packed }: StoredChunk,
  length: number,
  { filters, where }: ChunkedData,
): Uint8Array {
  const stored = packed?.length ?? length;
  if (!(address + stored <= file.source.size)) throw damaged(where);
  const bytes = file.source.read(address, stored);
  return packed ? undoFilters(bytes, { filters, skipped: packed.skipped, length, where }) : bytes;
}

/** Copies the part of a chunk that lies within the dataset. */
function place(
  target: Uint8Array,
  source: Uint8Array,
  origin: readonly number[],
  { dims, chunk, size }: ChunkedData,
): void {
  const last = dims.length - 1;
  const within = (axis: number): number =>
    Math.min(chunk[axis] ?? 0, (dims[axis] ?? 0) - (origin[axis] ?? 0));
  const rowBytes = within(last) * size;
  const copy = (axis: number, from: number, to: number): void => {
    const row = to * (dims[axis] ?? 0) + (origin[axis] ?? 0);
    if (axis === last) {
      const start = from * (chunk[axis] ?? 0) * size;
      target.set(source.subarray(start, start + rowBytes), row * size);
      return;
    }
    for (let step = 0; step < within(axis); step++)
      copy(axis + 1, from * (chunk[axis] ?? 0) + step, row + step);
  };
  copy(0, 0, 0);
}
