import { expect, it } from 'vitest';
import { countOf, readDataspace } from '../../../shared/formats/hdf5/dataspace.ts';
import { Cursor } from '../../../shared/formats/hdf5/file-bytes.ts';
import { type Part, written } from './_files.ts';

const read = (...parts: readonly Part[]) =>
  readDataspace(new Cursor('m.h5', 'it', written(...parts)));

it.each([
  ['version 1', read([1, 1], [2, 1], [0, 6], [3, 8], [4, 8]), [3, 4], 12],
  ['version 2, with largest sizes', read([2, 1], [1, 1], [1, 1], [1, 1], [3, 8], [9, 8]), [3], 3],
  ['a scalar', read([2, 1], [0, 1], [0, 1], [0, 1]), [], 1],
  ['nothing', read([2, 1], [0, 1], [0, 1], [2, 1]), undefined, 0],
  ['an axis of nothing', read([2, 1], [1, 1], [0, 1], [1, 1], [0, 8]), [0], 0],
])('%s', (_, dims, wanted, count) => {
  expect(dims).toEqual(wanted);
  expect(countOf(dims)).toBe(count);
});

it.each([
  ['a newer version', written([3, 1], [0, 8])],
  ['too many axes', written([2, 1], [33, 1], [0, 1], [1, 1], [0, 400])],
  ['axes that are cut off', written([2, 1], [2, 1], [0, 1], [1, 1], [5, 8])],
])('%s is damage', (_, bytes) => {
  expect(() => readDataspace(new Cursor('m.h5', 'it', bytes))).toThrow('is damaged');
});
