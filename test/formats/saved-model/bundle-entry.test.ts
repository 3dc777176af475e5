import { expect, it } from 'vitest';
import { readEntry, readHeader } from '../../../shared/formats/saved-model/bundle-entry.ts';
import { message, number, readerOf, shape } from '../tf/proto/_wire.ts';

it('reads the header', () => {
  expect(readHeader(readerOf(number(1, 4)))).toEqual({ shards: 4, isBigEndian: false });
  expect(readHeader(readerOf(number(2, 1)))).toEqual({ shards: 1, isBigEndian: true });
});

it('reads an entry', () => {
  const slice = message(7, message(1), message(1, number(1, 3), number(2, 2)));
  const entry = readEntry(
    readerOf(
      number(1, 1),
      message(2, shape(4, 5)),
      number(3, 2),
      number(4, 100),
      number(5, 80),
      slice,
    ),
    'w',
  );
  expect(entry).toEqual({
    type: 'float32',
    dims: [4, 5],
    shard: 2,
    offset: 100,
    size: 80,
    slices: [
      [
        { start: 0, length: null },
        { start: 3, length: 2 },
      ],
    ],
  });
});

it.each([
  ['a negative offset', number(4, -1), "'w' lies at -1"],
  ['a negative size', number(5, -1), "'w' lies at 0"],
  ['a free size', message(2, shape(-1)), "'w' has a shape that is not fixed"],
  ['an offset beyond 2^53', number(4, 2n ** 60n), 'beyond what is exact'],
])('refuses %s', (_, bytes, wanted) => {
  expect(() => readEntry(readerOf(bytes), 'w')).toThrow(wanted);
});
