import { expect, it } from 'vitest';
import { utf8Length, varintLength, writeUtf8 } from '../../../shared/onnx/wire/sink.ts';

it.each<[number | bigint, number]>([
  [0, 1],
  [127, 1],
  [128, 2],
  [16383, 2],
  [16384, 3],
  [2 ** 53 - 1, 8],
  [2n ** 56n, 9],
  [2n ** 63n - 1n, 9],
  [-1, 10],
  [-(2n ** 63n), 10],
])('%s is a varint of %i bytes', (value, length) => {
  expect(varintLength(value)).toBe(length);
});

it.each([Number.NaN, 0.5, 200.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  '%s is none',
  (value) => {
    expect(() => varintLength(value)).toThrow('where a whole number belongs');
  },
);

it.each(['', 'conv1', 'größe', '名前', '🙂', 'a'.repeat(64), 'b'.repeat(65), 'ü'.repeat(100)])(
  'measures and writes %s as Buffer does',
  (text) => {
    expect(utf8Length(text)).toBe(Buffer.byteLength(text));
    const buffer = Buffer.alloc(300, 0xee);
    writeUtf8(text, utf8Length(text), buffer, 7);
    const expected = Buffer.alloc(300, 0xee);
    expected.write(text, 7);
    expect(buffer).toEqual(expected);
  },
);
