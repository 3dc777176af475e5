import { expect, it } from 'vitest';
import {
  type ChunkIndex,
  chunkCount,
  storedChunks,
} from '../../../shared/formats/hdf5/chunk-index.ts';
import { fileBytes, written } from './_files.ts';

/** Five by three in chunks of two by two: three by two of them. */
const GRID = { dims: [5, 3], chunk: [2, 2], chunkBytes: 4, isPacked: false };
const ORIGINS = [
  [0, 0],
  [0, 2],
  [2, 0],
  [2, 2],
  [4, 0],
  [4, 2],
];

const chunks = (index: ChunkIndex, bytes: Uint8Array = new Uint8Array(), isPacked = false) => [
  ...storedChunks(fileBytes(bytes), index, { ...GRID, isPacked }),
];

it('an index that is nowhere has no chunks', () => {
  expect(chunks({ kind: 'old tree', address: undefined })).toEqual([]);
  expect(chunkCount(GRID)).toBe(6);
});

it('chunks one after the other need no index', () => {
  const wanted = ORIGINS.map((origin, number) => ({ origin, address: 100 + 4 * number }));
  expect(chunks({ kind: 'implicit', address: 100 })).toEqual(wanted);
});

it('one chunk is its own index', () => {
  const packed = { length: 9, skipped: 1 };
  expect(chunks({ kind: 'single', address: 100, packed })).toEqual([
    { origin: [0, 0], address: 100, packed },
  ]);
});

const node = (level: number, ...entries: readonly (readonly [number, number, number, number])[]) =>
  written(
    ...(['TREE', [1, 1], [level, 1], [entries.length, 2], [0, 16]] as const),
    ...entries.flatMap(
      ([length, row, column, child]) =>
        [
          [length, 4],
          [0, 4],
          [row, 8],
          [column, 8],
          [0, 8],
          [child, 8],
        ] as const,
    ),
  );

it('trees tell places and lengths', () => {
  const bytes = Buffer.concat([node(1, [0, 0, 0, 64]), node(0, [7, 0, 0, 100], [8, 2, 2, 200])]);
  expect(chunks({ kind: 'old tree', address: 0 }, bytes, true)).toEqual([
    { origin: [0, 0], address: 100, packed: { length: 7, skipped: 0 } },
    { origin: [2, 2], address: 200, packed: { length: 8, skipped: 0 } },
  ]);
});

it.each([
  ['that is its own child', node(1, [0, 0, 0, 0])],
  ['whose child is nowhere', node(0, [0, 0, 0, 0]).fill(255, 56)],
  ['that is cut off', node(0, [0, 0, 0, 5]).subarray(0, 60)],
])('a tree %s is damage', (_, bytes) => {
  expect(() => chunks({ kind: 'old tree', address: 0 }, bytes)).toThrow('is damaged');
});

/** An array whose elements are behind its two heads; `pageBits` says how many stand in a page. */
const array = (pageBits: number, count: number, client: number, ...rest: readonly Uint8Array[]) =>
  Buffer.concat([
    written(
      'FAHD',
      [0, 1],
      [client, 1],
      [client ? 14 : 8, 1],
      [pageBits, 1],
      [count, 8],
      [28, 8],
      [0, 4],
    ),
    written('FADB', [0, 1], [client, 1], [0, 8]),
    ...rest,
  ]);
const addresses = (...list: readonly number[]) =>
  written(...list.map((address) => (address < 0 ? '\xff'.repeat(8) : ([address, 8] as const))));

it('arrays have an element for each chunk, also for one that is nowhere', () => {
  const bytes = array(10, 6, 0, addresses(100, 101, -1, 103, 104, 105));
  const found = chunks({ kind: 'fixed array', address: 0 }, bytes);
  expect(found.map(({ address }) => address)).toEqual([100, 101, 103, 104, 105]);
  expect(found.map(({ origin }) => origin)).toEqual(ORIGINS.toSpliced(2, 1));
});

it('long arrays have pages, of which some were never used', () => {
  const used = written([0b1010_0000, 1], [0, 4]);
  const bytes = array(
    1,
    6,
    0,
    used,
    addresses(100, 101),
    new Uint8Array(4),
    addresses(1, 1),
    new Uint8Array(4),
    addresses(104, 105),
  );
  const found = chunks({ kind: 'fixed array', address: 0 }, bytes);
  expect(found).toEqual([
    { origin: [0, 0], address: 100 },
    { origin: [0, 2], address: 101 },
    { origin: [4, 0], address: 104 },
    { origin: [4, 2], address: 105 },
  ]);
});

it('elements of packed chunks have lengths', () => {
  const bytes = array(10, 1, 1, written([100, 8], [7, 2], [3, 4]));
  expect(chunks({ kind: 'fixed array', address: 0 }, bytes, true)).toEqual([
    { origin: [0, 0], address: 100, packed: { length: 7, skipped: 3 } },
  ]);
});

it('an array of more than the file has is damage', () => {
  const bytes = array(10, 6, 0, addresses(100));
  expect(() => chunks({ kind: 'fixed array', address: 0 }, bytes)).toThrow('is damaged');
});

it('newer trees count in chunks', () => {
  const tree = written(
    'BTHD',
    [0, 1],
    [10, 1],
    [64, 4],
    [24, 2],
    [0, 2],
    [0, 2],
    [38, 8],
    [1, 2],
    [0, 12],
  );
  const leaf = written('BTLF', [0, 1], [10, 1], [100, 8], [2, 8], [1, 8], [0, 34]);
  expect(chunks({ kind: 'tree', address: 0 }, Buffer.concat([tree, leaf]))).toEqual([
    { origin: [4, 2], address: 100 },
  ]);
});
