import { expect, it } from 'vitest';
import type { Tensor } from '../../../shared/base/tensor.ts';
import { METRICS } from '../../../shared/measure/metrics/metrics.ts';
import { floats, ints, score, table, value } from './outputs.ts';

const miou = METRICS.miou({ name: 'miou' });
const map = (...classes: number[]): Tensor => ({
  type: 'uint8',
  dims: [2, 2],
  data: Uint8Array.from(classes),
});
/** Scores of three classes, channels first, that say these classes. */
const says = (...classes: number[]) =>
  floats([1, 3, 2, 2], ...[0, 1, 2].flatMap((k) => classes.map((c) => Number(c === k))));

it('is intersection over union, summed over samples before dividing, then the mean over classes', () => {
  // Class 0: 2 of 3, class 1: 1 of 2; class 2 nowhere.
  expect(value(miou, [[says(0, 0, 1, 0), map(0, 0, 1, 1)]])).toBeCloseTo((2 / 3 + 1 / 2) / 2, 12);
  // With a second map of class 1 alone: class 1 is 5 of 6 over both.
  const both = [
    [says(0, 0, 1, 0), map(0, 0, 1, 1)],
    [says(1, 1, 1, 1), map(1, 1, 1, 1)],
  ] as const;
  expect(value(miou, both)).toBeCloseTo((2 / 3 + 5 / 6) / 2, 12);
  expect(miou.aggregate(table(miou, both), [1, 0])).toBe(value(miou, [both[0]]));
});

it('thresholds a single channel and leaves out what is labelled 255', () => {
  expect(score(miou, floats([1, 1, 2, 2], 0.9, 0.1, 0.2, 0.8), map(1, 0, 255, 0))).toEqual([
    1, 2, 1, 2,
  ]);
});

it('refuses plain classes, decisions without scores, and labels out of range', () => {
  expect(() => score(miou, floats([1, 2], 1, 0), 1)).toThrow(/miou compares maps/);
  expect(() => score(miou, ints([2, 2], 1, 0, 1, 0), map(1, 0, 1, 0))).toThrow(/miou cannot score/);
  expect(() => score(miou, says(0, 0, 0, 0), map(0, 0, 0, 3))).toThrow(/label 3 is out of range/);
});
