import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  obeysPairSum,
  safePairSum,
  worstPairSums,
} from '../../../../../shared/compress/quantize/int8/numbers/overflow.ts';

const row = fc.array(fc.integer({ min: -127, max: 127 }), { maxLength: 12 });

/** All sums of two different weights of one sign, and of one weight alone: the slow way. */
function pairSums(weights: readonly number[], sign: 1 | -1): number[] {
  const sizes = weights.map((weight) => Math.max(0, sign * weight));
  return [0, ...sizes, ...sizes.flatMap((a, i) => sizes.slice(i + 1).map((b) => a + b))];
}

/** What VPMADDUBSW would have to hold at worst for two weights, over all pairs of extreme activations. */
function worstSums(a: number, b: number, highest: number): { low: number; high: number } {
  const sums = [0, highest].flatMap((x) => [0, highest].map((y) => a * x + b * y));
  return { low: Math.min(...sums), high: Math.max(...sums) };
}

test('the safe sums of two weights are those of the header', () => {
  expect(safePairSum(255)).toBe(128);
  expect(safePairSum(127)).toBe(258);
});

test.each([255, 127])(
  'every two codes that obey the bound stay within 16 bits with activations up to %i',
  (highest) => {
    const bound = safePairSum(highest);
    let obeying = 0;
    for (let a = -127; a <= 127; a++) {
      for (let b = -127; b <= 127; b++) {
        if (!obeysPairSum([a, b], bound)) continue;
        obeying++;
        const { low, high } = worstSums(a, b, highest);
        if (low < -32_768 || high > 32_767) expect.fail(`${a} and ${b} give ${low} to ${high}`);
      }
    }
    // Up to 127, 2 · 127 is below 258: all pairs. Up to 255, less than three quarters of a square each way.
    expect(obeying).toBe(highest === 127 ? 255 ** 2 : 255 ** 2 - 2 * ((126 * 127) / 2));
  },
);

test('the bound is the largest that is safe: one more overflows', () => {
  expect(obeysPairSum([64, 64], 128)).toBe(true);
  expect(obeysPairSum([65, 64], 128)).toBe(false);
  expect(worstSums(65, 64, 255).high).toBeGreaterThan(32_767);
  expect(obeysPairSum([-64, -64], 128)).toBe(true);
  expect(obeysPairSum([-65, -64], 128)).toBe(false);
  expect(worstSums(-65, -64, 255).low).toBeLessThan(-32_768);
});

test('weights of unlike sign are safe together, and a large one beside small ones', () => {
  expect(obeysPairSum([127, -127], 128)).toBe(true);
  expect(obeysPairSum([100, 28, 28, 5, -100, -28], 128)).toBe(true);
  expect(obeysPairSum([100, 28, 29], 128)).toBe(false);
});

test('the worst sums are those over all pairs of one sign, wherever they stand', () => {
  fc.assert(
    fc.property(row, (weights) => {
      const { positive, negative } = worstPairSums(weights);
      // `==` as a sum of nothing may be −0.
      expect(positive === Math.max(...pairSums(weights, 1))).toBe(true);
      expect(negative === Math.max(...pairSums(weights, -1))).toBe(true);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('only the row that was asked for counts', () => {
  fc.assert(
    fc.property(row, row, row, fc.integer({ min: 0, max: 254 }), (a, b, c, bound) => {
      const codes = Int8Array.from([...a, ...b, ...c]);
      expect(obeysPairSum(codes, bound, a.length, b.length)).toBe(obeysPairSum(b, bound));
      expect(worstPairSums(codes, a.length, b.length)).toEqual(worstPairSums(b));
    }),
    { seed: 2 },
  );
});
