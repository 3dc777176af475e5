import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Codes,
  calibratedRange,
  codeOf,
  EMPTY_RANGE,
  exponentOf,
  gridOf,
  rangeOf,
  roundAwayFromZero,
  roundHalfEven,
  unionOf,
} from '../../../../../shared/compress/quantize/int8/numbers/range.ts';

const value = fc.float({ noNaN: true, noDefaultInfinity: true });
/** Of sizes that have a step which is a normal float32. */
const usual = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const range = fc
  .tuple(usual, usual)
  .map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));
const codes = fc.constantFrom<Codes>(
  { low: 0, high: 255 },
  { low: 0, high: 127 },
  { low: -128, high: 127 },
);

/** To the nearest integer by comparison: no magic. */
function slowRound(number: number): number {
  const below = Math.floor(number);
  const rest = number - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

test('roundHalfEven rounds to the nearest, halves to even, and gives no −0', () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5].map(roundHalfEven)).toEqual([0, 2, 2, 0, -2, -2]);
  expect([-0, -0.2].map(roundHalfEven)).toEqual([0, 0]);
  const near = fc.double({ min: -(2 ** 50), max: 2 ** 50, noNaN: true });
  const half = fc.integer({ min: -1000, max: 1000 }).map((number) => number / 2);
  fc.assert(
    fc.property(fc.oneof(near, half), (number) => {
      expect(roundHalfEven(number)).toBe(slowRound(number) + 0);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('exponentOf is exact, also one bit beside a power of two', () => {
  for (let exponent = -1000; exponent <= 1000; exponent++) {
    const power = 2 ** exponent;
    expect(exponentOf(power)).toBe(exponent);
    expect(exponentOf(power * (1 - 2 ** -53))).toBe(exponent - 1);
    expect(exponentOf(power * (1 + 2 ** -52))).toBe(exponent);
  }
});

test('roundAwayFromZero keeps 12 bits behind the first, outward, and what has them already', () => {
  expect(roundAwayFromZero(1 + 2 ** -20)).toBe(1 + 2 ** -12);
  expect(roundAwayFromZero(-3.00001)).toBe(-(3 + 2 ** -11));
  expect(roundAwayFromZero(1 + 2 ** -12)).toBe(1 + 2 ** -12);
  expect(roundAwayFromZero(2 - 2 ** -20)).toBe(2);
  fc.assert(
    fc.property(value, (number) => {
      const rounded = roundAwayFromZero(number);
      const [before, after] = [Math.abs(number), Math.abs(rounded)];
      expect(after).toBeGreaterThanOrEqual(before);
      expect(after - before).toBeLessThanOrEqual(before * 2 ** -12);
      expect(Math.sign(rounded)).toBe(Math.sign(number));
      expect(roundAwayFromZero(rounded)).toBe(rounded);
      if (after > 0) expect(Number.isInteger(after / 2 ** (exponentOf(after) - 12))).toBe(true);
    }),
    { seed: 2, numRuns: 500 },
  );
});

test('a calibrated range holds 0 and what was seen, and is the same when done again', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      const seen = { min: Math.min(a, b), max: Math.max(a, b) };
      const { min, max } = calibratedRange(seen);
      expect(min).toBeLessThanOrEqual(Math.min(0, seen.min));
      expect(max).toBeGreaterThanOrEqual(Math.max(0, seen.max));
      expect(calibratedRange({ min, max })).toEqual({ min, max });
    }),
    { seed: 3, numRuns: 500 },
  );
});

test('last bits that kernels differ in give the same range', () => {
  const seen = { min: -1.2345678, max: 6.7654321 };
  const other = { min: seen.min * (1 + 2 ** -22), max: seen.max * (1 - 2 ** -22) };
  expect(calibratedRange(other)).toEqual(calibratedRange(seen));
});

test('an empty range becomes [0, 0], and no end is −0, which JSON loses', () => {
  expect(calibratedRange(EMPTY_RANGE)).toEqual({ min: 0, max: 0 });
  expect(calibratedRange({ min: -0, max: 1 })).toEqual({ min: 0, max: 1 });
  expect(calibratedRange({ min: -0, max: -0 })).toEqual({ min: 0, max: 0 });
});

test('a union holds both, in any order, and nothing seen changes nothing', () => {
  const a = { min: -1, max: 2 };
  const b = { min: 0, max: 5 };
  expect(unionOf(a, b)).toEqual({ min: -1, max: 5 });
  expect(unionOf(b, a)).toEqual({ min: -1, max: 5 });
  expect(unionOf(a, EMPTY_RANGE)).toEqual(a);
});

test('a grid without symmetry has the ends of the range as its first and last code', () => {
  expect(gridOf({ min: -1, max: 254 }, { low: 0, high: 255 }, false)).toEqual({
    scale: 1,
    zeroPoint: 1,
  });
  expect(gridOf({ min: -2, max: 0.55 }, { low: -128, high: 127 }, false)).toEqual({
    scale: Math.fround(0.01),
    zeroPoint: 72,
  });
  // A zero point between two codes is the even one; a range without 0 is drawn out to it.
  expect(gridOf({ min: -2.5, max: 252.5 }, { low: 0, high: 255 }, false).zeroPoint).toBe(2);
  expect(gridOf({ min: 5, max: 510 }, { low: 0, high: 255 }, false)).toEqual({
    scale: 2,
    zeroPoint: 0,
  });
  fc.assert(
    fc.property(range, codes, (given, allowed) => {
      // Smaller ones have no scale of their own.
      fc.pre(Math.max(given.max, -given.min) > 2 ** -100);
      const grid = gridOf(given, allowed, false);
      const { min, max } = rangeOf(grid, allowed);
      // Half a step, as 0 has to be a code; and 255 steps that float32 has rounded by 2^-24 each.
      const slack = grid.scale * (0.5 + 255 * 2 ** -24);
      expect(Math.abs(min - Math.min(0, given.min))).toBeLessThanOrEqual(slack);
      expect(Math.abs(max - Math.max(0, given.max))).toBeLessThanOrEqual(slack);
    }),
    { seed: 4, numRuns: 500 },
  );
});

test('a symmetric grid reaches the larger end from its middle code', () => {
  const given = { min: -1.27, max: 0.5 };
  expect(gridOf(given, { low: -128, high: 127 }, true)).toEqual({
    scale: Math.fround(0.01),
    zeroPoint: 0,
  });
  expect(gridOf(given, { low: 0, high: 255 }, true).zeroPoint).toBe(128);
  expect(gridOf({ min: 0, max: 6.3 }, { low: 0, high: 127 }, true)).toEqual({
    scale: Math.fround(0.1),
    zeroPoint: 64,
  });
});

test('every grid has a normal float32 as its scale, a zero point among its codes, and 0 exactly', () => {
  const any = fc
    .tuple(value, value)
    .map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));
  fc.assert(
    fc.property(any, codes, fc.boolean(), (given, allowed, symmetric) => {
      const { scale, zeroPoint } = gridOf(given, allowed, symmetric);
      expect(scale).toBe(Math.fround(scale));
      expect(scale).toBeGreaterThanOrEqual(2 ** -126);
      expect(scale).toBeLessThan(Number.POSITIVE_INFINITY);
      expect(Number.isInteger(zeroPoint) && !Object.is(zeroPoint, -0)).toBe(true);
      expect(zeroPoint).toBeGreaterThanOrEqual(allowed.low);
      expect(zeroPoint).toBeLessThanOrEqual(allowed.high);
      expect(codeOf(0, { scale, zeroPoint }, allowed)).toBe(zeroPoint);
    }),
    { seed: 5, numRuns: 1000 },
  );
});

test('a range too small for a scale gets the scale 1', () => {
  for (const symmetric of [true, false]) {
    expect(gridOf({ min: 0, max: 0 }, { low: 0, high: 255 }, symmetric).scale).toBe(1);
    expect(gridOf({ min: 0, max: 1e-40 }, { low: -128, high: 127 }, symmetric)).toEqual({
      scale: 1,
      zeroPoint: 0,
    });
  }
});

test('the code of a real is the nearest of all, by trying each', () => {
  // The real is rounded to even before the zero point is added, as QuantizeLinear says.
  const odd = { scale: 2, zeroPoint: 1 };
  expect([1, 3, -1, 1e9, -9].map((real) => codeOf(real, odd, { low: 0, high: 255 }))).toEqual([
    1, 3, 1, 255, 0,
  ]);
  fc.assert(
    fc.property(range, codes, fc.boolean(), usual, (given, allowed, symmetric, real) => {
      const grid = gridOf(given, allowed, symmetric);
      const distance = (code: number): number =>
        Math.abs(grid.scale * (code - grid.zeroPoint) - real);
      let least = Number.POSITIVE_INFINITY;
      for (let code = allowed.low; code <= allowed.high; code++)
        least = Math.min(least, distance(code));
      const code = codeOf(real, grid, allowed);
      expect(code >= allowed.low && code <= allowed.high).toBe(true);
      // Next to the middle of two codes, division and product may round apart: bits of a double.
      expect(distance(code)).toBeLessThanOrEqual(least * (1 + 2 ** -40));
    }),
    { seed: 6 },
  );
});
