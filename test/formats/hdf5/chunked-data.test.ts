import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { filled, readChunks } from '../../../shared/formats/hdf5/chunked-data.ts';
import { fileBytes, written } from './_files.ts';

/** Five by three bytes in chunks of two by two, one after the other: 1 2 3 / 4 5 6 / … */
const DATA = {
  dims: [5, 3],
  chunk: [2, 2],
  size: 1,
  index: { kind: 'implicit', address: 0 },
  filters: [],
  fill: undefined,
  where: 'm.h5: "/x"',
} as const;
const STORED = [
  1, 2, 4, 5, 3, 99, 6, 99, 7, 8, 10, 11, 9, 99, 12, 99, 13, 14, 99, 99, 15, 99, 99, 99,
];

it('puts chunks together, without what lies outside of the dataset', () => {
  expect([...readChunks(fileBytes(STORED), DATA)]).toEqual(
    Array.from({ length: 15 }, (_, at) => at + 1),
  );
});

const node = (...entries: readonly (readonly [number, number, number, number, number?])[]) =>
  written(
    ...(['TREE', [1, 1], [0, 1], [entries.length, 2], [0, 16]] as const),
    ...entries.flatMap(
      ([length, row, column, child, skipped = 0]) =>
        [
          [length, 4],
          [skipped, 4],
          [row, 8],
          [column, 8],
          [0, 8],
          [child, 8],
        ] as const,
    ),
  );
const old = { kind: 'old tree', address: 0 } as const;

it('chunks that were never written hold the fill value, those from before are left out', () => {
  const entries = node([4, 2, 0, 104], [4, 6, 0, 104]);
  const file = fileBytes(Buffer.concat([entries, Uint8Array.of(1, 2, 3, 4)]));
  const data = { ...DATA, index: old, fill: Uint8Array.of(7) };
  expect(entries.length).toBe(104);
  expect([...readChunks(file, data)]).toEqual([7, 7, 7, 7, 7, 7, 1, 2, 7, 3, 4, 7, 7, 7, 7]);
});

it('chunks are unpacked, unless they were not packed', () => {
  const packed = deflateSync(Uint8Array.of(1, 2, 3, 4));
  const entries = node([packed.length, 0, 0, 104], [4, 2, 0, 104 + packed.length, 1]);
  const file = fileBytes(Buffer.concat([entries, packed, Uint8Array.of(5, 6, 7, 8)]));
  const data = { ...DATA, dims: [4, 2], index: old, filters: [{ id: 1, values: [] }] };
  expect([...readChunks(file, data)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

it.each([
  ['a place between chunks', [node([4, 1, 0, 64])], {}],
  ['a chunk named again and again', [node(...Array(7).fill([4, 0, 0, 0] as const))], {}],
  ['a chunk beyond the end', [node([4, 0, 0, 300])], {}],
  ['chunks of other axes', [node()], { chunk: [2] }],
  ['chunks of nothing', [node()], { chunk: [2, 0] }],
])('%s is damage', (_, parts, changes) => {
  const file = fileBytes(Buffer.concat(parts));
  expect(() => readChunks(file, { ...DATA, index: old, ...changes })).toThrow('is damaged');
});

it('chunks that are much larger than the file are not read', () => {
  const data = { ...DATA, index: old, chunk: [2 ** 20, 2 ** 20] };
  expect(() => readChunks(fileBytes(node()), data)).toThrow(
    '"/x" claims to be in 1 parts of 1099511627776 bytes',
  );
});

it('fills elements, whatever their size', () => {
  const fill = Uint8Array.of(1, 2);
  expect([...filled(new Uint8Array(6), { fill, size: 2 })]).toEqual([1, 2, 1, 2, 1, 2]);
  expect([...filled(new Uint8Array(6), { fill, size: 3 })]).toEqual([0, 0, 0, 0, 0, 0]);
});
