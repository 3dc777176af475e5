import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../shared/formats/hdf5/file-bytes.ts';
import { MESSAGE, ObjectHeader, shared } from '../../../shared/formats/hdf5/object-header.ts';
import { fileBytes, oldHeader, type Part, written } from './_files.ts';

const place = (address: number, length: number): Uint8Array => written([address, 8], [length, 8]);

describe('the first version', () => {
  it('has messages by their types', () => {
    const bytes = oldHeader(
      [MESSAGE.layout, written([7, 8])],
      [MESSAGE.attribute, written([1, 8])],
      [MESSAGE.attribute, written([2, 8])],
    );
    const header = ObjectHeader.read(fileBytes(bytes), 0);
    expect(header.has(MESSAGE.layout)).toBe(true);
    expect(header.has(MESSAGE.link)).toBe(false);
    expect(header.get(MESSAGE.layout)?.u64()).toBe(7);
    expect([...header.all(MESSAGE.attribute)].map((cursor) => cursor.u64())).toEqual([1, 2]);
    expect(header.get(MESSAGE.link)).toBeUndefined();
  });

  it('goes on in other blocks', () => {
    const next = Buffer.concat([written([MESSAGE.layout, 2], [8, 2], [0, 4]), written([9, 8])]);
    const first = oldHeader([MESSAGE.continuation, place(40, next.length)]);
    const header = ObjectHeader.read(fileBytes(Buffer.concat([first, next])), 0);
    expect(first.length).toBe(40);
    expect(header.get(MESSAGE.layout)?.u64()).toBe(9);
  });

  it('a block that goes on in itself is damage', () => {
    const bytes = oldHeader([MESSAGE.continuation, place(16, 24)]);
    expect(() => ObjectHeader.read(fileBytes(bytes), 0)).toThrow('is damaged');
  });

  it('a message that is longer than its block is damage', () => {
    const bytes = oldHeader([MESSAGE.layout, written([7, 8])]);
    bytes[18] = 200;
    expect(() => ObjectHeader.read(fileBytes(bytes), 0)).toThrow('is damaged');
  });
});

describe('the second version', () => {
  const newHeader = (flags: number, extra: Uint8Array, messages: Uint8Array): Uint8Array =>
    Buffer.concat([
      written('OHDR', [2, 1], [flags, 1]),
      extra,
      written([messages.length, 2 ** (flags & 3)]),
      messages,
      new Uint8Array(4),
    ]);

  it.each([
    ['short', 0, 0, 0],
    ['with times', 0x21, 16, 0],
    ['with times, limits and an order', 0x36, 20, 2],
  ])('%s', (_, flags, extraBytes, orderBytes) => {
    const messages = written([MESSAGE.layout, 1], [8, 2], [0, 1], [0, orderBytes], [7, 8]);
    const bytes = newHeader(flags, new Uint8Array(extraBytes), messages);
    expect(ObjectHeader.read(fileBytes(bytes), 0).get(MESSAGE.layout)?.u64()).toBe(7);
  });

  it('goes on in other blocks, without their checksums', () => {
    const first = newHeader(
      0,
      new Uint8Array(),
      Buffer.concat([written([MESSAGE.continuation, 1], [16, 2], [0, 1]), place(31, 20)]),
    );
    expect(first.length).toBe(31);
    const next = written('OCHK', [MESSAGE.layout, 1], [8, 2], [0, 1], [9, 8], [5, 4]);
    const header = ObjectHeader.read(fileBytes(Buffer.concat([first, next])), 0);
    expect(header.get(MESSAGE.layout)?.u64()).toBe(9);
  });
});

describe('shared messages', () => {
  const target = oldHeader([MESSAGE.datatype, written([5, 8])]);
  const at = (...reference: readonly Part[]) =>
    shared(fileBytes(target), MESSAGE.datatype, new Cursor('m.h5', 'it', written(...reference)));

  it.each([
    [
      'version 1',
      [
        [1, 1],
        [0, 7],
        [0, 8],
      ],
    ],
    [
      'version 2',
      [
        [2, 1],
        [0, 1],
        [0, 8],
      ],
    ],
    [
      'version 3',
      [
        [3, 1],
        [2, 1],
        [0, 8],
      ],
    ],
  ] as const)('%s leads to the header of another object', (_, reference) => {
    expect(at(...reference).u64()).toBe(5);
  });

  it('through a header', () => {
    const reference = written([3, 1], [2, 1], [0, 8]);
    const bytes = Buffer.concat([target, oldHeader([MESSAGE.datatype, reference, 2])]);
    const header = ObjectHeader.read(fileBytes(bytes), target.length);
    expect(header.get(MESSAGE.datatype)?.u64()).toBe(5);
  });

  it('a heap of messages is refused, another version is damage', () => {
    expect(() => at([3, 1], [1, 1], [0, 8])).toThrow('one heap, which is not read');
    expect(() => at([4, 1], [2, 1], [0, 8])).toThrow('is damaged');
  });
});
