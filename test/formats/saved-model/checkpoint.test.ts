import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { Unconvertible } from '../../../shared/formats/build/unconvertible.ts';
import { Checkpoint } from '../../../shared/formats/saved-model/checkpoint.ts';
import { sliceKey } from '../../../shared/formats/saved-model/slice.ts';
import { Budget } from '../../../shared/formats/tf/proto/budget.ts';
import { floatValues, stringValues } from '../../../shared/onnx/tensor-data.ts';
import { join as bytes } from '../../onnx/_hostile.ts';
import { floats, message, number, shape } from '../tf/proto/_wire.ts';
import { block, type Entries, tableOf } from './_sstable.ts';

const opened: Checkpoint[] = [];
afterAll(() => {
  for (const checkpoint of opened) checkpoint[Symbol.dispose]();
});

function open(
  entries: Entries,
  data: readonly Uint8Array[],
  header = number(1, data.length),
): Checkpoint {
  const folder = makeTempDir('test');
  const sorted = [['', header] as const, ...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(join(folder, 'v.index'), tableOf([block(sorted)]));
  for (const [index, content] of data.entries())
    writeFileSync(join(folder, `v.data-0000${index}-of-0000${data.length}`), content);
  const checkpoint = new Checkpoint(join(folder, 'v'), new Budget('v'));
  opened.push(checkpoint);
  return checkpoint;
}

const entry = (
  dims: readonly number[],
  offset: number,
  size: number,
  ...more: Uint8Array[]
): Uint8Array =>
  bytes(number(1, 1), message(2, shape(...dims)), number(4, offset), number(5, size), ...more);

describe('Checkpoint', () => {
  it('gives ranges of its files', () => {
    const checkpoint = open(
      [
        ['a', entry([2], 4, 8)],
        ['b', entry([1], 0, 4, number(3, 1))],
      ],
      [floats(9, 1, 2), floats(3)],
    );
    expect(checkpoint.keys).toEqual(['a', 'b']);
    expect(checkpoint.has('a')).toBe(true);
    expect(checkpoint.tensor('a')).toMatchObject({
      storage: { kind: 'file', range: { offset: 4 } },
    });
    expect([...floatValues(checkpoint.tensor('a'))]).toEqual([1, 2]);
    expect([...floatValues(checkpoint.tensor('b'))]).toEqual([3]);
  });

  it('reads names that are no ASCII', () => {
    const key = Buffer.from('größe').toString('latin1');
    const checkpoint = open([[key, entry([1], 0, 4)]], [floats(5)]);
    expect(checkpoint.keys).toEqual(['größe']);
    expect([...floatValues(checkpoint.tensor('größe'))]).toEqual([5]);
  });

  it('reads text', () => {
    const text = bytes(number(1, 7), message(2, shape(2)), number(5, 9));
    const checkpoint = open([['t', text]], [Uint8Array.of(1, 2, 0, 0, 0, 0, 97, 98, 99)]);
    expect(stringValues(checkpoint.tensor('t'))).toEqual(['a', 'bc']);
  });

  describe('slices', () => {
    const part = (start: number, length: number) => [{ start, length }];
    const slice = (start: number, length: number): Uint8Array =>
      message(7, message(1, number(1, start), number(2, length)));
    const make = (): Checkpoint =>
      open(
        [
          ['w', bytes(number(1, 1), message(2, shape(3)), slice(0, 2), slice(2, 1))],
          [sliceKey('w', part(0, 2)), entry([2], 0, 8)],
          [sliceKey('w', part(2, 1)), entry([1], 8, 4)],
        ],
        [floats(1, 2, 3)],
      );

    it('as they are stored stay in the file', () => {
      expect(make().tensor('w', part(2, 1)).storage).toMatchObject({
        kind: 'file',
        range: { offset: 8 },
      });
    });

    it('make up the whole, of which others are cut', () => {
      expect([...floatValues(make().tensor('w'))]).toEqual([1, 2, 3]);
      expect([...floatValues(make().tensor('w', part(1, 2)))]).toEqual([2, 3]);
    });

    it('are no names of their own', () => expect(make().keys).toEqual(['w']));

    it('of a whole tensor', () => {
      const checkpoint = open([['w', entry([3], 0, 12)]], [floats(1, 2, 3)]);
      expect([...floatValues(checkpoint.tensor('w', part(1, 1)))]).toEqual([2]);
    });
  });

  it.each([
    ['a tensor that is not there', [], "has no tensor 'a'"],
    ['a range outside of its file', [['a', entry([2], 8, 8)]], 'wants bytes 8 to 16'],
    ['another length than the shape needs', [['a', entry([2], 0, 4)]], 'has 4 bytes'],
    [
      'a data file beyond the last',
      [['a', entry([1], 0, 4, number(3, 7))]],
      'names data file 7 of 1',
    ],
    [
      'a data file before the first',
      [['a', entry([1], 0, 4, number(3, -1))]],
      'names data file -1 of 1',
    ],
  ] as [string, Entries, string][])('refuses %s', (_, entries, wanted) => {
    expect(() => open(entries, [floats(1, 2)]).tensor('a')).toThrow(wanted);
  });

  it('refuses data files that are missing', () => {
    const checkpoint = open([['a', entry([1], 0, 4, number(3, 1))]], [floats(1)], number(1, 2));
    expect(() => checkpoint.tensor('a')).toThrow('v.data-00001-of-00002 is missing');
  });

  it('refuses bytes in the other order', () => {
    expect(() => open([], [floats(1)], number(2, 1))).toThrow('big-endian');
  });

  it('does not convert types without a counterpart', () => {
    const variant = bytes(number(1, 21), message(2, shape(1)), number(5, 4));
    expect(() => open([['a', variant]], [floats(1)]).tensor('a')).toThrow(Unconvertible);
  });
});
