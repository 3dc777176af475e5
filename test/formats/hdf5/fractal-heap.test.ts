import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../shared/formats/hdf5/file-bytes.ts';
import { FractalHeap } from '../../../shared/formats/hdf5/fractal-heap.ts';
import { fileBytes, type Part, written } from './_files.ts';

interface Heap {
  readonly root?: number;
  readonly rows?: number;
  readonly width?: number;
  readonly filterBytes?: number;
  readonly tree?: number;
}

/** A heap whose blocks begin with 32 bytes and grow up to 64; offsets of two bytes, lengths of one. */
const head = ({ root = 146, rows = 0, width = 2, filterBytes = 0, tree }: Heap): Uint8Array =>
  written(
    ...(['FRHP', [0, 1], [7, 2], [filterBytes, 2], [0, 1], [30, 4], [0, 8]] as const),
    ...(tree === undefined ? ['\xff'.repeat(8)] : [[tree, 8] as const]),
    ...([
      [0, 80],
      [width, 2],
      [32, 8],
      [64, 8],
      [16, 2],
      [1, 2],
      [root, 8],
      [rows, 2],
      [0, 4],
    ] as const),
  );
const heapOf = (heap: Heap, ...rest: readonly Uint8Array[]) =>
  new FractalHeap(fileBytes(Buffer.concat([head(heap), ...rest])), 0);
const id = (...parts: readonly Part[]) => new Cursor('m.h5', 'an id', written(...parts));
const managed = (offset: number, length: number) => id([0, 1], [offset, 2], [length, 1], [0, 3]);

it('an object in the only block', () => {
  expect(heapOf({}, written('0123456789')).object(managed(3, 2)).rest()).toEqual(written('34'));
});

it('an object in its identifier', () => {
  expect(
    heapOf({})
      .object(id([0x22, 1], 'abcxyz'))
      .rest(),
  ).toEqual(written('abc'));
});

it('an object that is too large for a block', () => {
  const tree = written(
    'BTHD',
    [0, 1],
    [1, 1],
    [64, 4],
    [24, 2],
    [0, 2],
    [0, 2],
    [184, 8],
    [1, 2],
    [0, 12],
  );
  const leaf = written('BTLF', [0, 1], [1, 1], [140, 8], [4, 8], [9, 8], [0, 34]);
  const heap = heapOf({ tree: 146 }, tree, leaf);
  expect(heap.object(id([0x10, 1], [9, 6])).left).toBe(4);
  expect(() => heap.object(id([0x10, 1], [8, 6]))).toThrow('is damaged');
});

describe('blocks of tables', () => {
  /** Signature, version, the heap, the place in it, and entries. */
  const table = (...entries: readonly number[]) =>
    written('FHIB', [0, 1], [0, 8], [0, 2], ...entries.map((entry) => [entry, 8] as const));

  it.each([
    ['the first', 0, 1000],
    ['the second of the first row', 32 + 5, 1105],
    ['the first of the second row', 64 + 6, 1206],
    ['the second of the third row, of twice the size', 128 + 64 + 7, 1507],
  ])('%s block', (_, offset, place) => {
    const marked = new Uint8Array(2000);
    marked[place] = 77;
    const heap = heapOf(
      { rows: 3 },
      table(1000, 1100, 1200, 1300, 1400, 1500),
      marked.subarray(209),
    );
    expect(heap.object(managed(offset, 1)).u8()).toBe(77);
  });

  it('a table in a table', () => {
    // Above rows of 64 bytes, one of 128: tables of two rows.
    const inside = table(300, 310, 320, 330);
    const outside = table(...Array(6).fill(0), 225, 0);
    const block = Uint8Array.of(...new Uint8Array(58), 77);
    const heap = heapOf({ rows: 4 }, outside, inside, block);
    expect(heap.object(managed(256 + 64 + 10, 1)).u8()).toBe(77);
  });

  it.each([
    ['a row that is not there', 128, 3],
    ['an entry that is nowhere', 0, 2],
  ])('%s is damage', (_, offset, rows) => {
    const heap = heapOf({ rows: rows - 1 }, table(2 ** 40, 2 ** 40));
    expect(() => heap.object(managed(offset, 1))).toThrow('is damaged');
  });
});

it('blocks that are packed are refused', () => {
  expect(() => heapOf({ filterBytes: 9 })).toThrow(expect.objectContaining({ exitCode: 3 }));
});

it.each([0, 3])('a table of %d blocks a row is damage', (width) => {
  expect(() => heapOf({ width })).toThrow('is damaged');
});

it('another kind of object is damage', () => {
  expect(() => heapOf({}).object(id([0x30, 1], [0, 6]))).toThrow('is damaged');
});
