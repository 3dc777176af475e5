import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram, MAX_BINS } from '../../shared/base/histogram.ts';

const values = fc.float32Array({
  minLength: 1,
  maxLength: 60,
  noNaN: true,
  noDefaultInfinity: true,
});

/** Chunks, and a merge of two halves, in one order and in another. */
function counted(...chunks: Float32Array[]): Histogram {
  const histogram = new Histogram();
  for (const chunk of chunks) histogram.add(chunk);
  return histogram;
}

test('the order of values, chunks and merges does not change a histogram', () => {
  fc.assert(
    fc.property(values, values, values, (a, b, c) => {
      const whole = counted(a, b, c).counts;
      expect(counted(c, a, b).counts).toEqual(whole);
      const left = counted(a);
      left.merge(counted(c, b).counts);
      expect(left.counts).toEqual(whole);
    }),
  );
});

test('every finite value is counted once, in a bin that holds it', () => {
  fc.assert(
    fc.property(values, (chunk) => {
      const { counts, zeros, first, exponent } = counted(chunk).counts;
      expect(counts.length).toBeLessThanOrEqual(MAX_BINS);
      expect(counts.reduce((sum, count) => sum + count, zeros)).toBe(chunk.length);
      for (const value of chunk) {
        if (value === 0) continue;
        const bin = Math.floor(value / 2 ** exponent) - first;
        expect(counts[bin]).toBeGreaterThan(0);
      }
    }),
  );
});

test('NaN and infinities are left out, and an outlier keeps what was counted before', () => {
  const histogram = counted(
    Float32Array.of(Number.NaN, 1, Number.POSITIVE_INFINITY, 0),
    Float32Array.of(Number.NEGATIVE_INFINITY),
    Float32Array.of(1e30),
  );
  const { counts, zeros, min, max } = histogram.counts;
  expect({ min, max, zeros }).toEqual({ min: 0, max: Math.fround(1e30), zeros: 1 });
  expect(counts.reduce((sum, count) => sum + count)).toBe(2);
});
