import { expect, it } from 'vitest';
import { TypedData } from '../../../shared/onnx/wire/typed-data.ts';
import { readerOf } from './_messages.ts';

function collect(bytes: readonly number[]): number[][] {
  const reader = readerOf(bytes);
  const data = new TypedData();
  while (reader.next()) data.add(reader);
  return data.finish().map(({ source, offset, length }) => [...source.read(offset, length)]);
}

it('leaves packed values where they are, piece by piece', () => {
  expect(collect([0x2a, 2, 1, 2, 0x2a, 1, 3])).toEqual([[1, 2], [3]]);
});

it('gathers loose values between packed ones, in order', () => {
  const loose = Array.from({ length: 300 }, (_, i) => [0x28, i & 127]).flat();
  const [first, second, third] = collect([0x28, 0x80, 0x01, 0x2a, 1, 9, ...loose]);
  expect([first, second]).toEqual([[0x80, 0x01], [9]]);
  expect(third).toHaveLength(300);
});

it('knows its fields, and refuses another wire type', () => {
  expect([4, 5, 7, 10, 11, 9].map(TypedData.has)).toEqual([true, true, true, true, true, false]);
  expect(() => collect([0x25, 0, 0, 0, 0, 0x28, 1])).toThrow('two typed fields');
  expect(() => collect([0x2d, 0, 0, 0, 0])).toThrow('wire type 5');
});
