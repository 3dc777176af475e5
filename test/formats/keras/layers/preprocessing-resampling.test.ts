import { describe, expect, it } from 'vitest';
import {
  FILTERS,
  samplingWeights,
} from '../../../../shared/formats/keras/layers/preprocessing-resampling.ts';

const SIZES = [
  [9, 4],
  [4, 9],
  [5, 5],
  [1, 3],
] as const;

describe.each(Object.entries(FILTERS))('%s', (_, filter) => {
  it.each(SIZES)('from %i to %i every row sums up to 1', (from, to) => {
    for (const antialias of [false, true]) {
      const weights = samplingWeights(filter, from, to, antialias);
      expect(weights).toHaveLength(from * to);
      for (let row = 0; row < to; row++) {
        const sum = weights.slice(row * from, (row + 1) * from).reduce((all, one) => all + one, 0);
        expect(sum).toBeCloseTo(1, 12);
      }
    }
  });
  it('looks the same from both ends', () => {
    const weights = samplingWeights(filter, 7, 3, true);
    const turned = weights.toReversed();
    for (const [at, weight] of weights.entries()) expect(weight).toBeCloseTo(turned[at] ?? 0, 12);
  });
});

describe('by hand', () => {
  const bilinear = FILTERS.bilinear ?? { radius: 0, weight: () => 0 };
  it('half the size takes two neighbours evenly', () => {
    expect(samplingWeights(bilinear, 4, 2, false)).toEqual([0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5]);
  });
  it('antialiasing takes more of them', () => {
    expect(samplingWeights(bilinear, 4, 2, true).filter((weight) => weight > 0)).toHaveLength(6);
  });
  it('the same size changes nothing', () => {
    expect(samplingWeights(bilinear, 2, 2, true)).toEqual([1, 0, 0, 1]);
  });
});
