import { expect, it } from 'vitest';
import { isSameSize, quotient } from '../../../shared/rewrite/dims/size.ts';

const batch = { value: 'x', axis: 0 };
const width = { value: 'x', axis: 3 };

it('takes places for equal, and the unknown for equal to nothing', () => {
  expect(isSameSize(batch, { value: 'x', axis: 0 })).toBe(true);
  expect(isSameSize(3, 3)).toBe(true);
  expect(isSameSize(batch, width)).toBe(false);
  expect(isSameSize(batch, 3)).toBe(false);
  expect(isSameSize(undefined, undefined)).toBe(false);
});

it.each([
  [[batch, 4, 6], [batch, 3], 8],
  [[batch, 4, 6], [24], batch],
  [[2, 3], [], 6],
  [[], [], 1],
])('%j over %j is %j', (product, divisors, size) => {
  expect(quotient(product, divisors)).toEqual(size);
});

it.each([
  ['not whole', [4], [3]],
  ['a multiple of a place', [batch, 4], [2]],
  ['two places', [batch, width], []],
  ['divided by a place that is not there', [batch], [width]],
  ['a place once, divided out twice', [batch, 4], [batch, batch]],
])('is none: %s', (_, product, divisors) => {
  expect(quotient(product, divisors)).toBeUndefined();
});
