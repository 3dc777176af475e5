import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChannelLayout } from '../../../../../shared/compress/quantize/weights/find-weight-uses.ts';
import { quantizeChannels } from '../../../../../shared/compress/quantize/weights/kernels/quantize-channels.ts';
import { bytesOf, float32Tensor } from '../../../../../shared/onnx/make-tensor.ts';
import { normals } from '../../_numeric.ts';

const layout = (outer: number, channels: number, inner: number): ChannelLayout => ({
  outer,
  channels,
  inner,
  axis: 1,
  scaleDims: [1, channels, 1],
});

/** Half to even, by the definition. */
function slowRound(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

function slow(values: Float32Array, { channels, inner }: ChannelLayout, bits: 8 | 16 = 8) {
  const highest = bits === 8 ? 127 : 32_767;
  const channelOf = (i: number): number => Math.floor(i / inner) % channels;
  const peaks = new Float32Array(channels);
  values.forEach((value, i) => {
    peaks[channelOf(i)] = Math.max(peaks[channelOf(i)] ?? 0, Math.abs(value));
  });
  const scales = peaks.map((peak) => (peak === 0 ? 1 : Math.fround(peak / highest)));
  const codes = Array.from(values, (value, i) =>
    slowRound(value * (1 / (scales[channelOf(i)] ?? 1))),
  );
  return {
    codes: bits === 8 ? Int8Array.from(codes) : Int16Array.from(codes),
    scales,
  };
}

describe('quantizeChannels', () => {
  it('equals the slow reference for every layout', () => {
    fc.assert(
      fc.property(
        fc.nat(3).map((n) => n + 1),
        fc.nat(5).map((n) => n + 1),
        fc.nat(6).map((n) => n + 1),
        fc.nat(),
        fc.constantFrom(8 as const, 16 as const),
        (outer, channels, inner, seed, bits) => {
          const values = normals(outer * channels * inner, seed);
          const tensor = float32Tensor('w', [outer, channels, inner], values);
          const shape = layout(outer, channels, inner);
          expect(quantizeChannels(tensor, shape, bits)).toEqual(slow(values, shape, bits));
        },
      ),
    );
  });

  it('equals it over many pieces too', () => {
    for (const shape of [layout(300, 1000, 1), layout(2, 150, 1000), layout(1, 2, 140_000)]) {
      const values = normals(shape.outer * shape.channels * shape.inner);
      const tensor = float32Tensor('w', [values.length], values);
      const { codes, scales } = quantizeChannels(tensor, shape);
      const expected = slow(values, shape);
      // As bytes: comparing arrays this long by element takes seconds.
      expect(Buffer.compare(bytesOf(codes), bytesOf(expected.codes))).toBe(0);
      expect(Buffer.compare(bytesOf(scales), bytesOf(expected.scales))).toBe(0);
    }
  });

  it('uses ±127 and stays finite', () => {
    const values = Float32Array.of(0, 0, -3, 1.5, 1e-45, 0, Number.POSITIVE_INFINITY, 1);
    const { codes, scales } = quantizeChannels(float32Tensor('w', [4, 2], values), layout(1, 4, 2));
    expect([...codes]).toEqual([0, 0, -127, 64, 0, 0, 0, 0]);
    expect([...scales]).toEqual([1, Math.fround(3 / 127), 1, 1]);
  });
});
