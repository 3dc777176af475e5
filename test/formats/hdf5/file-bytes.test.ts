import { describe, expect, it } from 'vitest';
import { allocate, Cursor, FileBytes } from '../../../shared/formats/hdf5/file-bytes.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { fileBytes, type Part, written } from './_files.ts';

describe('Cursor', () => {
  const cursor = (...parts: readonly Part[]) => new Cursor('m.h5', 'a thing', written(...parts));

  it('reads numbers with the lowest byte first', () => {
    const fields = cursor([1, 1], [2, 2], [3, 4], [2 ** 40 + 5, 8], [2 ** 24 - 1, 3]);
    expect([fields.u8(), fields.u16(), fields.u32(), fields.u64(), fields.uint(3)]).toEqual([
      1,
      2,
      3,
      2 ** 40 + 5,
      2 ** 24 - 1,
    ]);
    expect([fields.left, fields.uint(0)]).toEqual([0, 0]);
  });

  it('an address of all bits is nowhere', () => {
    const fields = cursor([2 ** 32 - 1, 4], [2 ** 32 - 1, 4], [7, 8]);
    expect([fields.address(), fields.address()]).toEqual([undefined, 7]);
  });

  it.each([
    ['beyond the end', (fields: Cursor) => fields.skip(1).u64()],
    ['backwards', (fields: Cursor) => fields.skip(4).take(-1)],
    ['another signature', (fields: Cursor) => fields.expect('HEAP')],
    ['another version', (fields: Cursor) => fields.version(1)],
  ])('%s is damage', (_, read) => {
    expect(() => read(cursor('TREEtree'))).toThrow(
      'm.h5 is damaged or cut off: a thing in it cannot be read as HDF5',
    );
  });
});

describe('FileBytes', () => {
  it('reads across pages, each page once', () => {
    const bytes = Uint8Array.from({ length: 10_000 }, (_, at) => at % 251);
    const memory = memorySource(bytes, 'm.h5');
    const reads: number[] = [];
    const read = (offset: number, length: number): Uint8Array => {
      reads.push(offset);
      return memory.read(offset, length);
    };
    const file = new FileBytes({ ...memory, read });
    expect(file.read(10, 4, 'it').rest()).toEqual(bytes.subarray(10, 14));
    expect(file.read(100, 4, 'it').rest()).toEqual(bytes.subarray(100, 104));
    expect(file.read(9_998, 2, 'it').rest()).toEqual(bytes.subarray(9_998));
    expect(file.read(4_000, 200, 'it').rest()).toEqual(bytes.subarray(4_000, 4_200));
    expect(reads).toEqual([0, 8_192, 4_000]);
  });

  it('forgets pages of which there are too many', () => {
    const file = fileBytes(new Uint8Array(4096 * 1100).fill(7));
    for (let page = 0; page < 1100; page++) expect(file.read(page * 4096, 1, 'it').u8()).toBe(7);
    expect(file.read(0, 1, 'it').u8()).toBe(7);
  });

  it.each([
    [undefined, 1],
    [9, 2],
    [2 ** 60, 1],
    [-1, 1],
    [0, -1],
    [0, Number.NaN],
  ])('the range from %s of %s bytes is damage', (address, length) => {
    expect(() => fileBytes(new Uint8Array(10)).read(address, length, 'it')).toThrow('is damaged');
  });

  it('reading the same again and again comes to an end', () => {
    const file = fileBytes(new Uint8Array(1 << 16));
    const again = (): void => {
      for (let time = 0; time < 100; time++) file.read(0, 1 << 16, 'it');
    };
    expect(again).toThrow('leads in circles');
  });
});

it('memory that is not there is a limit', () => {
  expect(() => allocate('m.h5', 2 ** 60)).toThrow(expect.objectContaining({ exitCode: 4 }));
});
