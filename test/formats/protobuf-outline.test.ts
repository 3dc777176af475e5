import { expect, test } from 'vitest';
import { type Outline, outlineOf } from '../../shared/formats/protobuf-outline.ts';
import { memorySource } from '../../shared/onnx/byte-source.ts';

const outline = (...bytes: number[]): Outline => outlineOf(memorySource(new Uint8Array(bytes)));

test('skips over lengths and reads numbers', () => {
  expect(outline(0x08, 0x96, 0x01, 0x3a, 0x02, 0xff, 0xff, 0x15, 1, 2, 3, 4)).toEqual({
    end: 'complete',
    fields: [
      { number: 1, wire: 0, offset: 3, value: 150 },
      { number: 7, wire: 2, offset: 5, value: 2 },
      { number: 2, wire: 5, offset: 8, value: 0 },
    ],
  });
});

test('a length beyond the end is a cut, nonsense is broken', () => {
  expect(outline(0x3a, 0x05, 1, 2)).toMatchObject({ end: 'truncated', fields: [{ number: 7 }] });
  expect(outline(0x00)).toMatchObject({ end: 'broken' });
  expect(outline(0x0b)).toMatchObject({ end: 'broken' });
  expect(outline(...Array.from({ length: 12 }, () => 0xff))).toMatchObject({ end: 'broken' });
});
