import { describe, expect, it } from 'vitest';
import { ModelError, UnsupportedError } from '../../../shared/base/errors.ts';
import { readTable } from '../../../shared/formats/saved-model/sstable.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { join, varint } from '../../onnx/_hostile.ts';
import { block, closed, place, tableOf } from './_sstable.ts';

const read = (bytes: Uint8Array) =>
  [...readTable(memorySource(bytes, 'variables.index'))].map(
    ([key, value]) => `${key}=${Buffer.from(value).toString()}`,
  );
const value = (text: string): Uint8Array => new TextEncoder().encode(text);
const small = block([['a', value('1')]]);

describe('readTable', () => {
  it('reads blocks, and keys that share their beginnings', () => {
    const first = block(
      [
        ['', value('header')],
        ['dense/bias', value('1')],
        ['dense/kernel', value('2')],
      ],
      [0, 0, 6],
    );
    expect(read(tableOf([first, block([['z', value('3')]])]))).toEqual([
      '=header',
      'dense/bias=1',
      'dense/kernel=2',
      'z=3',
    ]);
  });

  it.each([
    ['a file that is too short', new Uint8Array(20), 'does not end as'],
    ['a file that ends otherwise', new Uint8Array(100), 'does not end as'],
    ['a place outside', closed(small, block([['k', place(1000, 50)]])), 'lies outside'],
    ['a huge place', closed(small, block([['k', place(2 ** 53, 4)]])), 'lies outside'],
    [
      'a block that is larger than the file',
      closed(small, block([['k', place(0, 2 ** 53)]])),
      'overlap',
    ],
    ['a block of no bytes', closed(small, block([['k', place(0, 0)]])), 'lies outside'],
    [
      'a number without an end',
      closed(small, block([['k', new Uint8Array(12).fill(255)]])),
      'varint',
    ],
    ['a place that is cut off', closed(small, block([['k', new Uint8Array()]])), 'cut off'],
    [
      'keys that share more than there is',
      tableOf([join([9, 1, 1, 65, 66], [0, 0, 0, 0, 1, 0, 0, 0])]),
      'a key shares 9',
    ],
    [
      'a very long key',
      tableOf([join([0], varint(2 ** 40), [0], [0, 0, 0, 0, 1, 0, 0, 0])]),
      'a key shares',
    ],
    [
      'a value that is cut off',
      tableOf([join([0, 1, 99, 65], [0, 0, 0, 0, 1, 0, 0, 0])]),
      '99 bytes are wanted',
    ],
    [
      'more places to start from than bytes',
      tableOf([join([0, 0, 0, 0], [255, 255, 0, 0])]),
      'places to start from',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(ModelError);
    expect(() => read(bytes)).toThrow(message);
  });

  it('refuses blocks that lie on each other', () => {
    const data = join(small, [0, 0, 0, 0, 0]);
    const places = Array.from({ length: 1000 }, (_, index): [string, Uint8Array] => [
      `k${index}`,
      place(0, small.length),
    ]);
    expect(() => read(closed(data, block(places)))).toThrow('its blocks overlap');
  });

  it('says that it is compressed', () => {
    const bytes = (): unknown => read(tableOf([small], 1));
    expect(bytes).toThrow(UnsupportedError);
    expect(bytes).toThrow("'variables.index' is compressed (Snappy)");
  });
});
