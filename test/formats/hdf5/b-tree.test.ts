import { expect, it } from 'vitest';
import { bytesFor, treeRecords } from '../../../shared/formats/hdf5/b-tree.ts';
import { fileBytes, hdf5Bytes, written } from './_files.ts';

const NODE_BYTES = 40;

/** A tree with its root behind the header; nodes of `NODE_BYTES`, records of four bytes. */
function tree(depth: number, count: number, ...nodes: readonly Uint8Array[]): Uint8Array {
  const head = written('BTHD', [0, 1], [5, 1], [NODE_BYTES, 4], [4, 2], [depth, 2], [0, 2]);
  const padded = nodes.map((node) =>
    Buffer.concat([node, new Uint8Array(NODE_BYTES - node.length)]),
  );
  return Buffer.concat([head, written([38, 8], [count, 2], [0, 12]), ...padded]);
}

const leaf = (...records: readonly number[]) =>
  written('BTLF', [0, 1], [5, 1], ...records.map((value) => [value, 4] as const));
/** One record, two children with their numbers of records. */
const inner = (record: number, ...children: readonly (readonly [number, number])[]) =>
  written(
    ...(['BTIN', [0, 1], [5, 1], [record, 4]] as const),
    ...children.flatMap(
      ([address, count]) =>
        [
          [address, 8],
          [count, 1],
        ] as const,
    ),
  );

const records = (bytes: Uint8Array) =>
  [...treeRecords(fileBytes(bytes), 0, 5)].map((record) => record.u32());

it('records of leaves and of what is above them', () => {
  expect(records(tree(0, 3, leaf(1, 2, 3)))).toEqual([1, 2, 3]);
  expect(records(tree(1, 1, inner(5, [78, 2], [118, 1]), leaf(1, 2), leaf(8)))).toEqual([
    5, 1, 2, 8,
  ]);
});

it.each([
  ['another type', tree(0, 1, leaf(1)).fill(6, 5, 6)],
  ['a node that is its own child', tree(1, 1, inner(5, [38, 1], [38, 1]))],
  ['a child of two parents', tree(1, 1, inner(5, [78, 1], [78, 1]), leaf(1))],
  ['a level too deep', tree(60_000, 1, leaf(1))],
  ['more records than a node has room for', tree(0, 100, leaf(1))],
])('%s is damage', (_, bytes) => {
  expect(() => records(bytes)).toThrow('is damaged');
});

it('a tree that libhdf5 wrote has all records', () => {
  const bytes = hdf5Bytes('many links, new');
  const address = Buffer.from(bytes).indexOf('BTHD\0\x05', 'latin1');
  expect([...treeRecords(fileBytes(bytes), address, 5)]).toHaveLength(700);
});

it.each([
  [0, 1],
  [1, 1],
  [255, 1],
  [256, 2],
  [65_535, 2],
  [65_536, 3],
  [2 ** 80, 8],
])('numbers up to %d take %d bytes', (limit, bytes) => {
  expect(bytesFor(limit)).toBe(bytes);
});
