import { describe, expect, it } from 'vitest';
import { readAttribute, textsOf } from '../../../shared/formats/hdf5/attribute.ts';
import { Cursor } from '../../../shared/formats/hdf5/file-bytes.ts';
import { GlobalHeap } from '../../../shared/formats/hdf5/global-heap.ts';
import { fileBytes, written } from './_files.ts';

const HEAP = written(
  'GCOL',
  [1, 4],
  [56, 8],
  [1, 2],
  [1, 6],
  [4, 8],
  'gr\xc3\xb6',
  [0, 4],
  [0, 16],
);
const file = fileBytes(HEAP);
const heap = new GlobalHeap(file);
const read = (bytes: Uint8Array) => readAttribute(file, new Cursor('m.h5', 'it', bytes));
const texts = (bytes: Uint8Array) => textsOf(file, heap, read(bytes));

const fixed = (size: number) => written([0x13, 1], [0, 3], [size, 4]);
const VARIABLE = written([0x19, 1], [1, 3], [16, 4], [0x10, 1], [0, 3], [1, 4], [0, 2], [8, 2]);
const SCALAR = written([2, 1], [0, 3]);
const list = (count: number) => written([2, 1], [1, 1], [0, 1], [1, 1], [count, 8]);

/** A message of the third version. */
const message = (type: Uint8Array, space: Uint8Array, data: Uint8Array, flags = 0): Uint8Array =>
  Buffer.concat([
    written([3, 1], [flags, 1], [5, 2], [type.length, 2], [space.length, 2], [1, 1], 'name\0'),
    ...[type, space, data],
  ]);

describe('versions', () => {
  it('the first fills its parts up', () => {
    const head = written([1, 2], [5, 2], [8, 2], [8, 2], 'name\0\0\0\0');
    const bytes = Buffer.concat([head, fixed(3), written([1, 1], [0, 7]), written('abc')]);
    expect(read(bytes).name).toBe('name');
    expect(texts(bytes)).toEqual(['abc']);
  });

  it('the third does not', () => {
    expect(texts(message(fixed(3), SCALAR, written('abc')))).toEqual(['abc']);
  });

  it('others are damage', () => {
    expect(() => read(written([4, 1], [0, 30]))).toThrow('is damaged');
  });
});

it.each([
  ['up to a zero', message(fixed(4), list(2), written('ab\0xabcd')), ['ab', 'abcd']],
  ['UTF-8', message(fixed(3), SCALAR, Buffer.from('öx')), ['öx']],
  ['in a heap', message(VARIABLE, SCALAR, written([2, 4], [0, 8], [1, 4])), ['']],
  ['none', message(fixed(4), list(0), written()), []],
  [
    'numbers',
    message(written([0x10, 1], [0, 3], [1, 4], [0, 2], [8, 2]), SCALAR, written([7, 1])),
    [],
  ],
])('texts %s', (_, bytes, wanted) => {
  expect(texts(bytes)).toEqual(wanted);
});

it('texts of a heap behind the start of the file', () => {
  const moved = fileBytes(Buffer.concat([new Uint8Array(8), HEAP]));
  const attribute = read(message(VARIABLE, SCALAR, written([4, 4], [8, 8], [1, 4])));
  expect(textsOf(moved, new GlobalHeap(moved), attribute)).toEqual(['grö']);
});

it.each([
  ['more texts than there is data', message(fixed(4), list(2 ** 40), written('abcd'))],
  ['texts of no size', message(fixed(0), list(2 ** 40), written())],
  ['a heap that is not there', message(VARIABLE, SCALAR, written([3, 4], [9, 8], [1, 4]))],
])('%s are damage', (_, bytes) => {
  expect(() => texts(bytes)).toThrow('is damaged');
});
