import { expect, it } from 'vitest';
import { Cursor } from '../../../shared/formats/hdf5/file-bytes.ts';
import { readLayout } from '../../../shared/formats/hdf5/layout.ts';
import { type Part, written } from './_files.ts';

const read = (...parts: readonly Part[]) =>
  readLayout(new Cursor('m.h5', 'it', written(...parts)), 'm.h5: "/x"');
/** Chunks of 4 by 5 elements of 2 bytes. */
const anew = (flags: number, ...index: readonly Part[]) =>
  read([4, 1], [2, 1], [flags, 1], [3, 1], [1, 1], [4, 1], [5, 1], [2, 1], ...index);

it('in the header, in one piece, in chunks', () => {
  expect(read([3, 1], [0, 1], [2, 2], 'ab')).toEqual({ kind: 'compact', bytes: written('ab') });
  expect(read([3, 1], [1, 1], [77, 8], [9, 8])).toEqual({
    kind: 'contiguous',
    address: 77,
    length: 9,
  });
  expect(read([3, 1], [1, 1], '\xff'.repeat(8), [9, 8])).toMatchObject({ address: undefined });
  expect(read([3, 1], [2, 1], [3, 1], [77, 8], [4, 4], [5, 4], [2, 4])).toEqual({
    kind: 'chunked',
    dims: [4, 5],
    index: { kind: 'old tree', address: 77 },
  });
});

it.each([
  [anew(0, [1, 1], [77, 8]), { kind: 'single', address: 77 }],
  [
    anew(2, [1, 1], [9, 8], [1, 4], [77, 8]),
    { kind: 'single', address: 77, packed: { length: 9, skipped: 1 } },
  ],
  [anew(0, [2, 1], [77, 8]), { kind: 'implicit', address: 77 }],
  [anew(0, [3, 1], [10, 1], [77, 8]), { kind: 'fixed array', address: 77 }],
  [anew(0, [5, 1], [512, 4], [100, 1], [40, 1], [77, 8]), { kind: 'tree', address: 77 }],
])('indexes of the fourth version: %#', (layout, index) => {
  expect(layout).toEqual({ kind: 'chunked', dims: [4, 5], index });
});

it.each([
  [() => read([2, 1], [0, 9]), /"\/x" is stored as HDF5 did before 2004, which is not read/],
  [() => read([6, 1], [0, 9]), /has a layout of version 6/],
  [() => read([4, 1], [3, 1], [0, 12]), /is put together from other datasets/],
  [() => anew(0, [4, 1], [0, 13]), /was made to grow along one axis/],
  [() => anew(1, [1, 1], [0, 13]), /parts that are packed and others that are not/],
])('what is refused: %#', (layout, message) => {
  expect(layout).toThrow(expect.objectContaining({ exitCode: 3 }));
  expect(layout).toThrow(message);
});

it.each([
  ['a kind that there is not', () => read([3, 1], [7, 1])],
  ['an index that there is not', () => anew(0, [6, 1], [0, 9])],
  ['chunks without an axis', () => read([3, 1], [2, 1], [1, 1], [77, 8], [4, 4])],
])('%s is damage', (_, layout) => {
  expect(layout).toThrow('is damaged');
});
