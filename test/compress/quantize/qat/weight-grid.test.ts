import { describe, expect, it } from 'vitest';
import { roundHalfEven } from '../../../../shared/compress/quantize/int8/numbers/range.ts';
import { startScales, weightCodes } from '../../../../shared/compress/quantize/qat/weight-grid.ts';
import { normals } from '../_numeric.ts';

const FOUR = { low: -8, high: 7 };

describe('weightCodes', () => {
  it.each([
    [4, { highest: 127, pairSum: 128 }, FOUR],
    [8, { highest: 127, pairSum: null }, { low: -127, high: 127 }],
    [8, { highest: 127, pairSum: 128 }, { low: -64, high: 64 }],
  ] as const)('%i bits, %o', (bits, limits, codes) => {
    expect(weightCodes(bits, limits)).toEqual(codes);
  });
});

function meanError(weights: Float32Array, scale: number): number {
  let sum = 0;
  for (const weight of weights)
    sum += (weight - scale * Math.min(7, Math.max(-8, roundHalfEven(weight / scale)))) ** 2;
  return sum / weights.length;
}

describe('startScales', () => {
  it('rounds normal weights with less error than the scale of the largest does', () => {
    const weights = normals(4000, 3);
    const [scale = 0] = startScales(weights, 1, FOUR);
    const widest = Math.max(...weights.map((w) => Math.max(w / 7, -w / 8)));
    expect(scale).toBeLessThan(0.9 * widest);
    expect(meanError(weights, scale)).toBeLessThan(0.75 * meanError(weights, widest));
  });

  it('gives a scale a row, exact where the weights are on a grid', () => {
    const row = Float32Array.from({ length: 16 }, (_, i) => i - 8);
    const scales = startScales(Float32Array.from([...row, ...row.map((w) => w * 0.5)]), 2, FOUR);
    expect([...scales]).toEqual([1, 0.5]);
  });

  it('is never below the least, and small for rows of zeros', () => {
    const values = Float32Array.from([0.07, -0.08, 0, 0]);
    const least = Float64Array.of(0.25, 0);
    expect([...startScales(values, 2, FOUR, least)]).toEqual([0.25, 2 ** -20]);
  });
});
