import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../../../../shared/base/random.ts';
import {
  chooseScale,
  pairedScale,
  type RowScale,
} from '../../../../../shared/compress/quantize/int8/numbers/weight-scale.ts';

const EIGHT_BITS = { highest: 127, pairSum: null };
const NO_OVERFLOW = { highest: 127, pairSum: 128 };

const row = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 12 });

/** Codes to the nearest; which of two at a half does not matter here, so all of them. */
function codesOf(weights: readonly number[], { scale, highest }: RowScale): number[] {
  return weights.map((weight) =>
    Math.min(highest, Math.max(-highest, Math.sign(weight) * Math.round(Math.abs(weight) / scale))),
  );
}

function errorOf(weights: readonly number[], found: RowScale, importance?: readonly number[]) {
  return codesOf(weights, found).reduce(
    (sum, code, at) =>
      sum + ((weights[at] ?? 0) - code * found.scale) ** 2 * (importance?.[at] ?? 1),
    0,
  );
}

test('without clipping, the largest weight has the largest code', () => {
  expect(chooseScale([1.27, -0.3, 0], undefined, EIGHT_BITS, 0, false)).toEqual({
    scale: Math.fround(0.01),
    highest: 127,
  });
  expect(chooseScale([-1.27, 0.3], undefined, EIGHT_BITS, 0, false).scale).toBe(Math.fround(0.01));
});

test('where pairs are bounded, a row of equal weights has seven bits', () => {
  // 0.64 / 64 is finer than the scale for all pairs, 1.28 / 127.
  expect(chooseScale([0.64, 0.64, -0.64], undefined, NO_OVERFLOW, 0, false)).toEqual({
    scale: Math.fround(0.64 / 64),
    highest: 64,
  });
});

test('a row with one outlier has more codes: the other of each pair is small', () => {
  const weights = [1, 0.101, 0.053, -0.087];
  const found = chooseScale(weights, undefined, NO_OVERFLOW, 0, false);
  expect(found).toEqual({ scale: Math.fround(1.101 / 127), highest: 127 });
  expect(codesOf(weights, found)).toEqual([115, 12, 6, -10]);
});

test('pairedScale leaves a code for the rounding of two, and never passes the largest code', () => {
  expect(pairedScale([1, 0.27, -0.4, -0.2], 127, 128)).toBe(1.27 / 127);
  expect(pairedScale([-1, 0.2, -0.27], 127, 128)).toBe(1.27 / 127);
  expect(pairedScale([1, -1], 127, 128)).toBe(1 / 127);
  expect(pairedScale([1, 0.5], 10, 128)).toBe(1 / 10);
});

test('whatever the row, codes stay within the largest and pairs within the bound', () => {
  fc.assert(
    fc.property(row, fc.double({ min: 0, max: 0.5, noNaN: true }), (weights, least) => {
      const found = chooseScale(weights, undefined, NO_OVERFLOW, least);
      const codes = codesOf(weights, found);
      for (const [i, a] of codes.entries())
        for (const [j, b] of codes.entries())
          if (i !== j) expect(Math.abs(a + b)).toBeLessThanOrEqual(128);
      expect(Math.max(...codes.map(Math.abs))).toBeLessThanOrEqual(127);
      expect(found.scale).toBeGreaterThanOrEqual(Math.fround(least));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('clipping is never worse than none, nor are free pairs than seven bits', () => {
  fc.assert(
    fc.property(row, (weights) => {
      const largest = Math.max(...weights.map(Math.abs));
      fc.pre(largest > 1e-6);
      for (const limits of [EIGHT_BITS, NO_OVERFLOW]) {
        const whole = chooseScale(weights, undefined, limits, 0, false);
        // Halves are rounded to even there and up here: the same error but for its last bits.
        const worst = (errorOf(weights, whole) + 1e-12) * (1 + 1e-6);
        expect(errorOf(weights, chooseScale(weights, undefined, limits))).toBeLessThanOrEqual(
          worst,
        );
      }
      const seven = { scale: Math.fround(largest / 64), highest: 64 };
      const found = chooseScale(weights, undefined, NO_OVERFLOW, 0, false);
      expect(errorOf(weights, found)).toBeLessThanOrEqual(
        (errorOf(weights, seven) + 1e-12) * (1 + 1e-6),
      );
    }),
    { seed: 2, numRuns: 300 },
  );
});

test('with few codes, clipping a far weight serves the many others', () => {
  const random = createRandom(3);
  const weights = [...Array.from({ length: 400 }, () => random.normal() / 4), 1.3];
  const limits = { highest: 7, pairSum: null };
  const whole = chooseScale(weights, undefined, limits, 0, false);
  const found = chooseScale(weights, undefined, limits);
  expect(found.scale).toBeLessThan(whole.scale);
  expect(errorOf(weights, found)).toBeLessThan(errorOf(weights, whole));
});

test('a weight whose input is always 0 may be clipped as far as 30 %', () => {
  const weights = [1, 0.7, 0.35, -0.07];
  const limits = { highest: 10, pairSum: null };
  // At 0.07 the others are multiples: no other step comes near.
  expect(chooseScale(weights, [0, 1, 1, 1], limits).scale).toBe(Math.fround(0.07));
  expect(chooseScale(weights, [100, 1, 1, 1], limits).scale).toBeGreaterThan(0.09);
});

test('the bias can ask for a coarser scale', () => {
  expect(chooseScale([1, 0.5], undefined, EIGHT_BITS, 0.25).scale).toBe(0.25);
  expect(chooseScale([1, 0.5], undefined, NO_OVERFLOW, 0.25).scale).toBe(0.25);
  // Also where importances compare nothing.
  expect(chooseScale([1, 0.5], [Number.POSITIVE_INFINITY, 1], EIGHT_BITS, 0.25).scale).toBe(0.25);
});

test('zeros have a small scale, or that of the bias; tiny weights one that is a normal number', () => {
  expect(chooseScale([0, 0], undefined, NO_OVERFLOW)).toEqual({ scale: 2 ** -20, highest: 127 });
  expect(chooseScale([], undefined, EIGHT_BITS, 2)).toEqual({ scale: 2, highest: 127 });
  expect(chooseScale([1e-40], undefined, EIGHT_BITS).scale).toBe(2 ** -126);
});
