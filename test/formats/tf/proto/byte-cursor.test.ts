import { expect, it } from 'vitest';
import { ModelError } from '../../../../shared/base/errors.ts';
import { ByteCursor } from '../../../../shared/formats/tf/proto/byte-cursor.ts';
import { memorySource } from '../../../../shared/onnx/byte-source.ts';

const over = (...bytes: number[]): ByteCursor =>
  new ByteCursor(memorySource(Uint8Array.from(bytes), 'table'));

it('goes through numbers and bytes', () => {
  const cursor = over(0xac, 0x02, 1, 2, 3);
  expect(cursor.number()).toBe(300);
  expect([...cursor.take(2)]).toEqual([1, 2]);
  expect(cursor.isAtEnd).toBe(false);
  expect(cursor.number()).toBe(3);
  expect(cursor.isAtEnd).toBe(true);
});

it.each([
  ['a number that is cut off', () => over(0x80).number()],
  ['a number of eleven bytes', () => over(...new Array(11).fill(0x80)).number()],
  ['more bytes than there are', () => over(1).take(2)],
  ['very many bytes', () => over(1).take(2 ** 60)],
])('refuses %s', (_, work) => {
  expect(work).toThrow(ModelError);
  expect(work).toThrow("'table' is damaged");
});
