import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  biasCodes,
  leastWeightScales,
} from '../../../../../shared/compress/quantize/int8/numbers/bias.ts';

const HIGHEST = 2 ** 31 - 1;
/** Sizes of real biases and scales: their products are normal numbers of float32. */
const biases = fc.array(fc.float({ min: -1e6, max: 1e6, noNaN: true }), {
  minLength: 1,
  maxLength: 8,
});
const scale = fc.double({ min: 2 ** -30, max: 2 ** 10, noNaN: true }).map(Math.fround);

test('a code stands for the nearest multiple of input scale times weight scale', () => {
  const { codes, scales } = biasCodes([1, -1, 0.3, 0], 0.5, [0.25, 0.25, 0.5, 1]);
  expect([...scales]).toEqual([0.125, 0.125, 0.25, 0.5]);
  expect([...codes]).toEqual([8, -8, 1, 0]);
});

test('halves go to the even code', () => {
  expect([...biasCodes([0.5, 1.5, -0.5, -2.5], 1, [1]).codes]).toEqual([0, 2, 0, -2]);
});

test('one weight scale serves all rows', () => {
  const { codes, scales } = biasCodes([3, 6], 0.5, [2]);
  expect([...scales]).toEqual([1, 1]);
  expect([...codes]).toEqual([3, 6]);
});

test('scales are rounded to float32, and the codes are for the rounded ones', () => {
  const { codes, scales } = biasCodes([1e6], 0.1, [0.01]);
  expect(scales[0]).toBe(Math.fround(0.1 * 0.01));
  // float32 of 0.001 is 0.0010000000474974513: the exact product would give 1,000,000,000.
  expect(codes[0]).toBe(Math.round(1e6 / 0.0010000000474974513));
});

test('a bias too large for its scale becomes the largest code of its sign', () => {
  expect([...biasCodes([1, -1], 2 ** -20, [2 ** -20]).codes]).toEqual([HIGHEST, -HIGHEST]);
});

test('the least weight scale is what 32 bits need, with a ten-thousandth spare', () => {
  const bias = [HIGHEST, -HIGHEST, 0];
  expect([...leastWeightScales(bias, 1)]).toEqual([1.0001, 1.0001, 0]);
  expect([...leastWeightScales(bias, 4)]).toEqual([1.0001 / 4, 1.0001 / 4, 0]);
});

test('the least weight scale is at least that of the formula of onnxruntime', () => {
  fc.assert(
    fc.property(biases, scale, (bias, inputScale) => {
      for (const [row, least] of leastWeightScales(bias, inputScale).entries()) {
        const wanted = (2 * Math.abs(bias[row] ?? 0) * 1.0001) / (2 ** 32 - 2) / inputScale;
        // The same product in another order: the last bits of a double.
        expect(Math.abs(least - wanted)).toBeLessThanOrEqual(wanted * 2 ** -50);
      }
    }),
    { seed: 1 },
  );
});

test('with at least that scale, as float32, every bias is within half a step of its code', () => {
  fc.assert(
    fc.property(biases, scale, scale, (bias, inputScale, wanted) => {
      const weightScales = Float32Array.from(leastWeightScales(bias, inputScale), (least) =>
        Math.max(least, wanted),
      );
      const { codes, scales } = biasCodes(bias, inputScale, weightScales);
      for (const [row, code] of codes.entries()) {
        const step = scales[row] ?? 0;
        const value = bias[row] ?? 0;
        // The product of a code of 31 bits and a float32 is rounded to 53: beside the half step.
        const rounding = Math.abs(value) * 2 ** -52;
        expect(Math.abs(code * step - value)).toBeLessThanOrEqual(step / 2 + rounding);
        expect(Math.abs(code)).toBeLessThan(HIGHEST);
      }
    }),
    { seed: 2 },
  );
});
