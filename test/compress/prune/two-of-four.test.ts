import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../shared/base/random.ts';
import { eachOfTwo, whyNotTwoOfFour } from '../../../shared/compress/prune/two-of-four.ts';

describe('whyNotTwoOfFour', () => {
  it.each([
    [['MatMul'], [8, 3], 0, undefined],
    [['Gemm'], [3, 8], 1, undefined],
    [['Conv', 'Conv'], [3, 8, 3, 3], 1, undefined],
    [['Conv'], [8, 3, 3, 3], 1, 'it sums over 3, no multiple of 4'],
    [['Conv'], [8, 1, 3, 3], 1, 'it sums over 1, no multiple of 4'],
    [['LSTM'], [1, 16, 4], 2, 'no kernel for 2:4 takes a LSTM'],
    [['Conv', 'ConvTranspose'], [4, 4, 3, 3], 1, 'no kernel for 2:4 takes a ConvTranspose'],
  ])('%j %j along %i', (ops, dims, axis, wanted) => {
    expect(whyNotTwoOfFour(ops, dims, { axis, groups: 1 })).toBe(wanted);
  });
});

describe('eachOfTwo', () => {
  const zeroed = (scores: number[], dims: number[], axis: number): number[] => {
    const places: number[] = [];
    eachOfTwo(Float32Array.from(scores), dims, axis, (index) => places.push(index));
    return places.toSorted((a, b) => a - b);
  };

  it('takes the two lowest of each four', () => {
    expect(zeroed([4, 1, 3, 2, 9, 9, 1, 0], [1, 8], 1)).toEqual([1, 3, 6, 7]);
  });

  it('takes the first of equal ones, infinite ones too', () => {
    expect(zeroed([5, 5, 5, 5], [4, 1], 0)).toEqual([0, 1]);
    const all = Number.POSITIVE_INFINITY;
    expect(zeroed([all, all, 1, all], [4, 1], 0)).toEqual([0, 2]);
  });

  it('leaves two of every four along the axis, the highest, in any layout', () => {
    const random = createRandom(9);
    for (const [dims, axis] of [
      [[3, 8], 1],
      [[8, 3], 0],
      [[2, 8, 3, 2], 1],
      [[2, 4, 5], 1],
    ] as const) {
      const count = dims.reduce((product, dim) => product * dim, 1);
      const scores = Array.from({ length: count }, () => random.float());
      const gone = new Set(zeroed(scores, [...dims], axis));
      expect(gone.size).toBe(count / 2);
      const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
      const size = dims[axis] ?? 0;
      for (let index = 0; index < count; index++) {
        const channel = Math.floor(index / inner) % size;
        const four = [0, 1, 2, 3].map((at) => index + (at - (channel % 4)) * inner);
        const lower = four.filter((other) => (scores[other] ?? 0) < (scores[index] ?? 0));
        expect(gone.has(index)).toBe(lower.length < 2);
      }
    }
  });
});
