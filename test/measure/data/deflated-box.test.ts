import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { deflatedBox } from '../../../shared/measure/data/deflated-box.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { noise } from '../../emulators/s3/conformance/case.ts';

/** Behind ten other bytes. */
function _boxOf(bytes: Uint8Array) {
  const packed = deflateRawSync(bytes);
  const reads: number[] = [];
  const whole = memorySource(Buffer.concat([new Uint8Array(10), packed, new Uint8Array(10)]));
  const source = {
    ...whole,
    read: (offset: number, length: number) => {
      reads.push(length);
      return whole.read(offset, length);
    },
  };
  const place = { start: 10, packedBytes: packed.length, bytes: bytes.length };
  return { box: deflatedBox(source, place, 'x'), reads, packed };
}

const RAMP = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * index) >> 9);

describe.each([
  ['what deflate cannot pack', noise(3_000_000)],
  ['what it can', RAMP],
])('of %s', (_what, bytes) => {
  it('a range near the beginning takes as many bytes as it ends at', () => {
    const { box, reads } = _boxOf(bytes);
    expect(box.size).toBe(bytes.length);
    expect(Buffer.from(box.read(100, 50_000)).equals(bytes.subarray(100, 50_100))).toBe(true);
    expect(reads).toHaveLength(1);
    expect(reads[0]).toBeLessThan(52_000);
  });

  it('the end takes all, and what is behind it is refused', () => {
    const { box, packed, reads } = _boxOf(bytes);
    expect(Buffer.from(box.read(2_999_990, 10)).equals(bytes.subarray(2_999_990))).toBe(true);
    expect(reads[0]).toBe(packed.length);
    expect(() => box.read(2_999_990, 11)).toThrow('ends before byte');
  });
});

it('refuses what is damaged, and what unpacks to far more than it was', () => {
  const { box } = _boxOf(new Uint8Array(400_000_000));
  expect(box.read(1000, 10)).toEqual(new Uint8Array(10));
  expect(() => box.read(399_000_000, 10)).toThrow('packed as nothing is');
  const damaged = deflatedBox(
    memorySource(noise(1000).fill(255)),
    { start: 0, packedBytes: 1000, bytes: 9 },
    'x',
  );
  expect(() => damaged.read(0, 9)).toThrow('is damaged');
});
