import { expect, it } from 'vitest';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { MAX_HELD_BYTES } from '../../../shared/onnx/limits.ts';
import type { ByteSource } from '../../../shared/onnx/stored-tensor.ts';
import { WireCursor } from '../../../shared/onnx/wire/wire-cursor.ts';

/** What a reader of messages uses, made public. */
class OpenCursor extends WireCursor {
  readLength(): number {
    return this.unsigned();
  }

  skip(length: number): void {
    this.at += length;
  }
}

/** Notes where and how much is read. */
function watched(bytes: Uint8Array): { source: ByteSource; reads: [number, number][] } {
  const reads: [number, number][] = [];
  const inner = memorySource(bytes, 'watched');
  const readInto = (target: Uint8Array, offset: number): void => {
    reads.push([offset, target.length]);
    inner.readInto(target, offset);
  };
  return { source: { ...inner, readInto }, reads };
}

it('reads more at once while reading goes on, little after a jump', () => {
  const { source, reads } = watched(new Uint8Array(2_000_000).fill(1));
  const cursor = new OpenCursor(source);
  for (let count = 0; count < 20_000; count++) cursor.readLength();
  expect(reads.map(([, length]) => length)).toEqual([4096, 8192, 16384]);
  cursor.skip(1_000_000);
  cursor.readLength();
  expect(reads.at(-1)).toEqual([1_020_000, 4096]);
  expect(cursor.position).toBe(1_020_001);
});

it('does not read beyond the end', () => {
  const { source, reads } = watched(Uint8Array.of(1, 2, 3));
  const cursor = new OpenCursor(source);
  expect([cursor.readLength(), cursor.readLength(), cursor.readLength()]).toEqual([1, 2, 3]);
  expect(() => cursor.readLength()).toThrow('cut off');
  expect(reads).toEqual([[0, 3]]);
});

it('tells the place of an error, and stops at the budget', () => {
  const cursor = new OpenCursor(memorySource(Uint8Array.of(1, 0xff), 'm.onnx'));
  cursor.readLength();
  expect(cursor.error('something')).toMatchObject({
    message: "'m.onnx' is no valid ONNX file: something",
    where: 'byte 1',
  });
  cursor.charge(MAX_HELD_BYTES);
  expect(() => cursor.charge(1)).toThrow('more than 72 MiB');
});
