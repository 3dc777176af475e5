import { expect, it } from 'vitest';
import { memorySource } from '../../shared/onnx/byte-source.ts';
import { NotAnnounced, onlyRanges } from '../../shared/onnx/readable-ranges.ts';

const source = onlyRanges(memorySource(Uint8Array.from({ length: 100 }, (_, at) => at)), [
  { offset: 10, length: 5 },
  { offset: 20, length: 30 },
]);

it('gives what was announced', () => {
  expect([...source.read(11, 3)]).toEqual([11, 12, 13]);
  const target = new Uint8Array(30);
  source.readInto(target, 20);
  expect(target[29]).toBe(49);
  expect(source.size).toBe(100);
  expect(source.read(70, 0)).toHaveLength(0);
});

it.each([
  [9, 2],
  [14, 2],
  [12, 10],
  [49, 2],
  [99, 1],
])('refuses bytes from %i, %i of them', (offset, length) => {
  expect(() => source.read(offset, length)).toThrow(NotAnnounced);
  expect(() => source.readInto(new Uint8Array(length), offset)).toThrow(/not announced/);
});
