import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { Cursor } from '../../../shared/formats/hdf5/file-bytes.ts';
import { fletcher32, readFilters, undoFilters } from '../../../shared/formats/hdf5/filters.ts';
import { type Part, written } from './_files.ts';

const read = (...parts: readonly Part[]) =>
  readFilters(new Cursor('m.h5', 'it', written(...parts)), 'm.h5: "/x"');

it('reads both versions', () => {
  expect(
    read(
      [1, 1],
      [2, 1],
      [0, 6],
      [2, 2],
      [8, 2],
      [1, 2],
      [1, 2],
      'shuffle\0',
      [4, 4],
      [0, 4],
      [1, 2],
      [0, 2],
      [0, 2],
      [0, 2],
    ),
  ).toEqual([
    { id: 2, values: [4] },
    { id: 1, values: [] },
  ]);
  expect(
    read([2, 1], [2, 1], [2, 2], [1, 2], [1, 2], [4, 4], [1, 2], [0, 2], [1, 2], [6, 4]),
  ).toEqual([
    { id: 2, values: [4] },
    { id: 1, values: [6] },
  ]);
  expect(readFilters(undefined, 'x')).toEqual([]);
});

it.each([
  [
    [
      [2, 1],
      [1, 1],
      [4, 2],
      [1, 2],
      [0, 2],
    ],
    /"\/x" is packed by szip, which is not read/,
  ],
  [[[2, 1], [1, 1], [32_000, 2], [4, 2], [1, 2], [0, 2], 'lzf\0'], /is packed by lzf/],
  [
    [
      [2, 1],
      [1, 1],
      [400, 2],
      [0, 2],
      [1, 2],
      [0, 2],
    ],
    /is packed by filter 400/,
  ],
] as const)('others are refused by name: %#', (parts, message) => {
  expect(() => read(...parts)).toThrow(expect.objectContaining({ exitCode: 3 }));
  expect(() => read(...parts)).toThrow(message);
});

const packing = { skipped: 0, length: 8, where: 'm.h5: "/x"' };
const SHUFFLE = { id: 2, values: [4] };
const DEFLATE = { id: 1, values: [] };
const CHECKSUM = { id: 3, values: [] };
const plain = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const shuffled = Uint8Array.of(1, 5, 2, 6, 3, 7, 4, 8);

it('undoes what was done last first', () => {
  const packed = deflateSync(shuffled);
  expect(undoFilters(packed, { ...packing, filters: [SHUFFLE, DEFLATE] })).toEqual(plain);
  expect(undoFilters(shuffled, { ...packing, filters: [SHUFFLE, DEFLATE], skipped: 2 })).toEqual(
    plain,
  );
});

it('what does not fill an element stays behind the others', () => {
  const odd = Uint8Array.of(1, 3, 2, 4, 9);
  const filters = [{ id: 2, values: [2] }];
  expect(undoFilters(odd, { ...packing, length: 5, filters })).toEqual(
    Uint8Array.of(1, 2, 3, 4, 9),
  );
});

it('a checksum is held against the bytes', () => {
  const sum = written([fletcher32(plain), 4]);
  const packed = Buffer.concat([plain, sum]);
  const filters = [CHECKSUM];
  expect([...undoFilters(packed, { ...packing, filters })]).toEqual([...plain]);
  packed[0] = 9;
  expect(() => undoFilters(packed, { ...packing, filters })).toThrow('is damaged');
});

it.each([
  ['no deflate', plain, [DEFLATE]],
  ['more than was said', deflateSync(new Uint8Array(100_000)), [DEFLATE]],
  ['less than was said', deflateSync(new Uint8Array(3)), [DEFLATE]],
  ['no room for a checksum', new Uint8Array(3), [CHECKSUM]],
])('%s is damage', (_, bytes, filters) => {
  expect(() => undoFilters(bytes, { ...packing, filters })).toThrow(
    'm.h5: "/x" is damaged or cut off',
  );
});
