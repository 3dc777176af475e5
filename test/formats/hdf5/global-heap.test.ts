import { expect, it } from 'vitest';
import { GlobalHeap } from '../../../shared/formats/hdf5/global-heap.ts';
import { fileBytes, type Part, written } from './_files.ts';

const heapOf = (size: number, ...objects: readonly Part[]) =>
  new GlobalHeap(fileBytes(written('GCOL', [1, 4], [size, 8], ...objects)));

const object = (index: number, length: number) =>
  [
    [index, 2],
    [1, 6],
    [length, 8],
  ] as const;

it('finds objects by their numbers', () => {
  const heap = heapOf(96, ...object(1, 5), 'hello\0\0\0', ...object(7, 8), 'together', [0, 32]);
  expect(Buffer.from(heap.read(0, 1, 5)).toString()).toBe('hello');
  expect(Buffer.from(heap.read(0, 7, 3)).toString()).toBe('tog');
});

it.each([
  ['a number that is not there', 3, 1],
  ['free space', 0, 1],
  ['more than the object has', 1, 6],
])('%s is damage', (_, index, length) => {
  const heap = heapOf(56, ...object(1, 5), 'hello\0\0\0', ...object(0, 16));
  expect(() => heap.read(0, index, length)).toThrow('is damaged');
});

it.each([
  ['the heap', 2 ** 50, 5],
  ['an object', 56, 2 ** 50],
])('%s that is longer than the file is damage', (_, size, length) => {
  const heap = heapOf(size, ...object(1, length), 'hello\0\0\0');
  expect(() => heap.read(0, 2, 1)).toThrow('is damaged');
  expect(() => heap.read(0, 1, length > 100 ? length : 9)).toThrow('is damaged');
});
