import { expect, it } from 'vitest';
import { ModelError } from '../../../../shared/base/errors.ts';
import { decodeStringList } from '../../../../shared/formats/tf/proto/string-list.ts';
import { memorySource } from '../../../../shared/onnx/byte-source.ts';

const decode = (bytes: readonly number[], count: number, isChecked = false): string[] => {
  const source = memorySource(Uint8Array.from(bytes), 'texts');
  return decodeStringList({ source, offset: 0, length: bytes.length }, count, { isChecked }).map(
    (text) => Buffer.from(text).toString(),
  );
};

it('reads lengths, then texts', () => {
  expect(decode([1, 0, 2, 97, 98, 99], 3)).toEqual(['a', '', 'bc']);
});

it('leaves out the checksum of lengths', () => {
  expect(decode([1, 9, 9, 9, 9, 97], 1, true)).toEqual(['a']);
});

it.each([
  ['a text that is cut off', [5, 97], 1],
  ['more texts than bytes', [0], 2],
  ['bytes that are left', [1, 97, 98], 1],
  ['a very long text', [...new Array(9).fill(0xff), 1], 1],
])('refuses %s', (_, bytes, count) => {
  expect(() => decode(bytes, count)).toThrow(ModelError);
});
