import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../../../../shared/base/tensor.ts';
import {
  agreementOf,
  damageOf,
  meanDamage,
} from '../../../../../shared/compress/quantize/int8/search/damage.ts';
import { tensorOf } from '../_samples.ts';

/** The damage to one output of these dimensions. */
const damage = (dims: readonly number[], wanted: readonly number[], got: readonly number[]) =>
  damageOf({ y: tensorOf(dims, wanted) }, { y: tensorOf(dims, got) });

describe('damageOf rows of probabilities', () => {
  it('is the squared Hellinger distance: 0 for equal rows, 1 for rows with nothing in common', () => {
    const rows = [0.5, 0.5, 0, 0.1, 0.2, 0.7];
    expect(damage([2, 3], rows, rows).damage).toBeCloseTo(0, 7);
    expect(damage([1, 2], [1, 0], [0, 1]).damage).toBe(1);
    // 1 − √(0.5·0.9) − √(0.5·0.1)
    expect(damage([1, 2], [0.5, 0.5], [0.9, 0.1]).damage).toBeCloseTo(0.105573, 5);
  });

  it('is the mean over rows', () => {
    expect(damage([2, 2], [1, 0, 1, 0], [0, 1, 1, 0]).damage).toBe(0.5);
    expect(damage([1, 1, 2, 2], [1, 0, 1, 0], [0, 1, 1, 0]).damage).toBe(0.5);
  });

  it('counts rows whose largest is the same', () => {
    const result = damage([3, 2], [0.6, 0.4, 0.3, 0.7, 0.9, 0.1], [0.8, 0.2, 0.6, 0.4, 0.51, 0.49]);
    expect(result).toMatchObject({ decisions: 3, agreed: 2 });
    expect(agreementOf(result)).toBeCloseTo(2 / 3);
  });

  it('tells rows that do not sum to 1 any more from those that do', () => {
    // ½·2·(√0.5 − 1)²
    expect(damage([1, 2], [0.5, 0.5], [1, 1]).damage).toBeCloseTo(0.085786, 5);
    expect(damage([1, 2], [0.5, 0.495], [0.5, 0.495]).damage).toBe(0);
  });

  it('is worst for rows that are not probabilities any more', () => {
    expect(damage([1, 2], [0.5, 0.5], [-0.1, 1.1]).damage).toBe(1e6);
  });
});

describe('damageOf other outputs', () => {
  it('is the squared error relative to the square of the output', () => {
    expect(damage([2, 2], [3, 0, 0, 4], [3, 1, 0, 4])).toEqual({
      damage: 1 / 25,
      decisions: 0,
      agreed: 0,
    });
    expect(damage([2, 2], [0, 0, 0, 0], [0, 2, 0, 0]).damage).toBe(4);
    expect(damage([2, 2], [0, 0, 0, 0], [0, 0, 0, 0]).damage).toBe(0);
  });

  it('decides by the largest score of a vector', () => {
    expect(damage([3], [1, 5, 2], [1, 4, 2])).toMatchObject({ decisions: 1, agreed: 1 });
    expect(damage([1, 3], [1, 5, 2], [5, 4, 2])).toMatchObject({ decisions: 1, agreed: 0 });
    // Places of a map are no classes.
    expect(damage([1, 1, 3], [1, 5, 2], [5, 4, 2])).toMatchObject({ decisions: 0 });
    expect(damage([3, 1], [1, 5, 2], [5, 4, 2])).toMatchObject({ decisions: 0 });
  });

  it('takes a lone probability for one of two classes', () => {
    expect(damage([1], [0.8], [0.8]).damage).toBeCloseTo(0, 7);
    expect(damage([1], [1], [0])).toEqual({ damage: 1, decisions: 1, agreed: 0 });
    expect(damage([1, 1], [0.8], [0.6])).toMatchObject({ decisions: 1, agreed: 1 });
    expect(damage([1, 1], [0.4], [0.6])).toMatchObject({ decisions: 1, agreed: 0 });
    expect(damage([1], [0.8], [1.2]).damage).toBe(1e6);
    // No probability: a number.
    expect(damage([1], [2], [3])).toEqual({ damage: 0.25, decisions: 0, agreed: 0 });
  });
});

describe('damageOf what is broken', () => {
  const wanted = tensorOf([1, 2], [0.5, 0.5]);
  it.each<[string, Tensor | undefined]>([
    ['is gone', undefined],
    ['has another shape', tensorOf([1, 3], [0.5, 0.25, 0.25])],
    ['has another type', { type: 'int64', dims: [1, 2], data: BigInt64Array.of(1n, 0n) }],
    ['is not a number', tensorOf([1, 2], [Number.NaN, 0.5])],
    ['is infinite', tensorOf([1, 2], [Number.POSITIVE_INFINITY, 0])],
  ])('is worse than all others where an output %s', (_, got) => {
    const { damage: found } = damageOf({ y: wanted }, got ? { y: got } : {});
    expect(found).toBe(1e6);
  });

  it.each([
    ['a map', [2, 2], [1, 2, 3, 4], [1, Number.NaN, 3, 4]],
    ['a lone number', [1], [3], [Number.NaN]],
    ['a lone probability', [1], [0.5], [Number.NaN]],
  ])('also in %s', (_, dims, before, after) => {
    expect(damage(dims, before, after).damage).toBe(1e6);
  });

  it('does not count a decision that was lost as agreed', () => {
    const { agreed } = damageOf({ y: wanted }, { y: tensorOf([1, 3], [1, 0, 0]) });
    expect(agreed).toBe(0);
  });
});

describe('damageOf several outputs', () => {
  it('is their mean, decisions added; integers are left out', () => {
    const reference = {
      classes: tensorOf([1, 2], [1, 0]),
      map: tensorOf([2, 2], [2, 0, 0, 0]),
      count: { type: 'int64', dims: [1], data: BigInt64Array.of(3n) },
    } as const;
    const given = {
      classes: tensorOf([1, 2], [0, 1]),
      map: tensorOf([2, 2], [1, 0, 0, 0]),
      count: { type: 'int64', dims: [1], data: BigInt64Array.of(4n) },
      more: tensorOf([1], [9]),
    } as const;
    expect(damageOf(reference, given)).toEqual({ damage: 0.625, decisions: 1, agreed: 0 });
    expect(damageOf({}, {})).toEqual({ damage: 0, decisions: 0, agreed: 0 });
  });

  it('is 0 for an empty output', () => {
    expect(damage([0, 3], [], [])).toMatchObject({ damage: 0, decisions: 0 });
  });
});

it('is at least 0, at most 1 between probabilities, and 0 for the same', () => {
  const row = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), {
    minLength: 4,
    maxLength: 4,
  });
  const normal = (values: readonly number[]): number[] => {
    const sum = values.reduce((total, value) => total + value, 0);
    return values.map((value) => value / sum);
  };
  fc.assert(
    fc.property(row, row, (one, other) => {
      const found = damage([1, 4], normal(one), normal(other)).damage;
      expect(found).toBeGreaterThanOrEqual(0);
      expect(found).toBeLessThanOrEqual(1);
      expect(damage([1, 4], normal(one), normal(one)).damage).toBeLessThan(1e-6);
      expect(damage([1, 4], normal(other), normal(one)).damage).toBeCloseTo(found, 6);
    }),
    { seed: 5 },
  );
});

it('meanDamage is the mean of damages and the sum of decisions', () => {
  const samples = [
    { damage: 1, decisions: 2, agreed: 1 },
    { damage: 0, decisions: 4, agreed: 4 },
  ];
  expect(meanDamage(samples)).toEqual({ damage: 0.5, decisions: 6, agreed: 5 });
  expect(meanDamage([])).toEqual({ damage: 0, decisions: 0, agreed: 0 });
  expect(agreementOf({ damage: 9, decisions: 0, agreed: 0 })).toBe(1);
});
