import { describe, expect, it } from 'vitest';
import { compareOutput } from '../../shared/measure/compare-output.ts';
import { floats, ints } from './metrics/outputs.ts';

describe('compareOutput', () => {
  it('sums products and errors', () => {
    expect(compareOutput(floats([1, 2], 3, 4), floats([1, 2], 4, 2))).toEqual({
      dot: 20,
      normA: 25,
      normB: 20,
      squaredError: 5,
      maxAbsError: 2,
      decisions: 1,
      agreed: 0,
      broken: 0,
      nan: 0,
      compared: 2,
    });
  });

  it('decodes float16 and counts integers and booleans as numbers', () => {
    const half = (...bits: number[]) =>
      ({ type: 'float16', dims: [2], data: Uint16Array.from(bits) }) as const;
    expect(compareOutput(half(0x3c00, 0x4000), half(0x3c00, 0x4200))).toMatchObject({
      maxAbsError: 1,
      normB: 10,
    });
    expect(compareOutput(ints([2], 1, 5), ints([2], 1, 7))).toMatchObject({
      maxAbsError: 2,
      decisions: 0,
    });
  });

  it('agrees on equal infinities and NaN, and counts others as broken', () => {
    const nan = Number.NaN;
    const inf = Number.POSITIVE_INFINITY;
    expect(compareOutput(floats([3], 1, -inf, nan), floats([3], 1, -inf, nan))).toMatchObject({
      broken: 0,
      nan: 1,
      compared: 2,
      maxAbsError: 0,
      normA: 1,
    });
    expect(
      compareOutput(floats([4], 1, inf, nan, 2), floats([4], inf, -inf, 1, nan)),
    ).toMatchObject({ broken: 4, nan: 0, compared: 0, normA: 0 });
  });

  it('counts a missing or misshapen output as broken whole', () => {
    for (const given of [
      undefined,
      floats([2, 1], 3, 4),
      { type: 'string', dims: [1, 2], data: ['3', '4'] } as const,
    ]) {
      expect(compareOutput(floats([1, 2], 3, 4), given)).toMatchObject({
        broken: 2,
        normA: 25,
        normB: 0,
        decisions: 0,
      });
    }
    expect(compareOutput(floats([0]), floats([1], 1)).broken).toBe(1);
    expect(compareOutput(floats([0]), floats([0])).broken).toBe(0);
  });

  it('compares texts as decisions', () => {
    const texts = (...data: string[]) => ({ type: 'string', dims: [data.length], data }) as const;
    expect(compareOutput(texts('a', 'b'), texts('a', 'c'))).toMatchObject({
      decisions: 2,
      agreed: 1,
      broken: 0,
      normA: 0,
    });
  });

  it.each([
    ['a vector of scores', floats([1, 3], 5, 2, 1), floats([1, 3], 4, 3, 9), 1, 0],
    ['a probability', floats([1, 1], 0.6), floats([1, 1], 0.51), 1, 1],
    ['a probability that crosses', floats([1, 1], 0.6), floats([1, 1], 0.49), 1, 0],
    ['one value that is none', floats([1, 1], 3), floats([1, 1], -3), 0, 0],
    [
      'rows of probabilities',
      floats([1, 2, 2], 0.9, 0.1, 0.3, 0.7),
      floats([1, 2, 2], 0.8, 0.2, 0.6, 0.4),
      2,
      1,
    ],
    ['rows that are none', floats([1, 2, 2], 9, 1, 3, 7), floats([1, 2, 2], 8, 2, 6, 4), 0, 0],
    ['a vector with NaN', floats([1, 2], 1, 2), floats([1, 2], Number.NaN, 2), 1, 0],
  ])('takes decisions from %s', (_, a, b, decisions, agreed) => {
    expect(compareOutput(a, b)).toMatchObject({ decisions, agreed });
  });
});
