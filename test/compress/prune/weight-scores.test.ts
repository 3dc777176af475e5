import { describe, expect, it } from 'vitest';
import { LEAST_SCORE, weightScores } from '../../../shared/compress/prune/weight-scores.ts';

const PLAIN = { axis: 0, groups: 1 };
const scoresOf = (...values: number[]): number[] => [
  ...weightScores(Float32Array.from(values), [values.length, 1], PLAIN),
];

describe('weightScores', () => {
  it('is the magnitude without norms', () => {
    expect(scoresOf(-2, 0.5, 3)).toEqual([2, 0.5, 3]);
  });

  it('gives 0 to exact zeros of either sign alone', () => {
    expect(scoresOf(0, -0, 1e-45)).toEqual([0, 0, LEAST_SCORE]);
    const dead = weightScores(Float32Array.of(0, 5, 7), [3, 1], PLAIN, [0, 0, 1]);
    expect([...dead]).toEqual([0, LEAST_SCORE, 7]);
  });

  it('keeps what is no number above everything else', () => {
    expect(scoresOf(Number.NaN, Number.NEGATIVE_INFINITY, 3e38)).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Math.fround(3e38),
    ]);
    const overZero = weightScores(Float32Array.of(Number.POSITIVE_INFINITY), [1, 1], PLAIN, [0]);
    expect(overZero[0]).toBe(Number.POSITIVE_INFINITY);
  });

  // Weights are all 1, so that a score is the norm of the channel: its number.
  const numbered = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);
  it.each([
    ['a matrix [K, N]', [3, 2], { axis: 0, groups: 1 }, 3, [1, 1, 2, 2, 3, 3]],
    ['a matrix [N, K]', [2, 3], { axis: 1, groups: 1 }, 3, [1, 2, 3, 1, 2, 3]],
    ['a Conv', [2, 2, 1, 2], { axis: 1, groups: 1 }, 2, [1, 1, 2, 2, 1, 1, 2, 2]],
    ['a Conv of two groups', [2, 2, 2], { axis: 1, groups: 2 }, 4, [1, 1, 2, 2, 3, 3, 4, 4]],
    ['a ConvTranspose', [2, 1, 2], { axis: 0, groups: 1 }, 2, [1, 1, 2, 2]],
    ['an LSTM', [1, 2, 2], { axis: 2, groups: 1 }, 2, [1, 2, 1, 2]],
  ])('takes the norm of the input channel: %s', (_, dims, layout, channels, wanted) => {
    const count = dims.reduce((product, dim) => product * dim, 1);
    const ones = new Float32Array(count).fill(1);
    expect([...weightScores(ones, dims, layout, numbered(channels))]).toEqual(wanted);
  });
});
