import { expect, it } from 'vitest';
import {
  broadcastsInto,
  frontAxis,
  sameByCount,
  sameStatic,
  sizeOf,
} from '../../../shared/passes/shared/shapes.ts';

it('multiplies sizes, when all are numbers', () => {
  expect([[2, 3], [], [2, 0], ['N', 2], [null], undefined].map(sizeOf)).toEqual([
    6,
    1,
    0,
    undefined,
    undefined,
    undefined,
  ]);
});

it('takes shapes for the same number by number, and not name by name', () => {
  expect(sameStatic([2, 3], [2, 3])).toBe(true);
  expect(sameStatic(['N', 3], ['N', 3])).toBe(false);
  expect(sameStatic([2], [2, 3])).toBe(false);
  expect(sameStatic(undefined, undefined)).toBe(false);
});

it.each([
  [['N', 3, 4], ['M', 3, 4], true],
  [[2, 3, null], [2, 3, 4], true],
  [['N', 3, 'W'], ['N', 3, 'W'], false],
  // Nothing times anything is nothing.
  [['N', 0], ['M', 0], false],
  [['N', 3], ['N', 3, 1], false],
  [undefined, undefined, false],
])('%j and %j of equally many elements are the same: %s', (one, other, same) => {
  expect(sameByCount(one, other)).toBe(same);
});

it('counts axes from the front', () => {
  expect([frontAxis(-1, 4), frontAxis(2, 4)]).toEqual([3, 2]);
});

it.each([
  [[], undefined, true],
  [[1], [], false],
  [[1, 1], ['N', 3], true],
  [[3], ['N', 3], true],
  [[3, 1], ['N', 3, 4], true],
  [[3], ['N', 1], false],
  [[3], ['N', 'C'], false],
  [[1, 3], [3], false],
  [[3], undefined, false],
])('a constant of %j leaves %j as it is: %s', (dims, shape, leaves) => {
  expect(broadcastsInto(dims, shape)).toBe(leaves);
});
