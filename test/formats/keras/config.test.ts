import { expect, it } from 'vitest';
import {
  axesOf,
  describe,
  flagOf,
  isChannelsFirst,
  isList,
  isObject,
  numberOf,
  sizesOf,
  textOf,
} from '../../../shared/formats/keras/config.ts';

it('reads values as what they must be, or their default', () => {
  expect(numberOf({ a: 2 }, 'a')).toBe(2);
  expect(numberOf({ a: null }, 'a', 3)).toBe(3);
  expect(flagOf({ a: 1 }, 'a', false)).toBe(true);
  expect(textOf({}, 'a', 'same')).toBe('same');
  expect(sizesOf({ a: 2 }, 'a', 3)).toEqual([2, 2, 2]);
  expect(sizesOf({ a: [1, 2] }, 'a', 2)).toEqual([1, 2]);
  expect(axesOf({ axis: [1, -1] }, 'axis', -1)).toEqual([1, -1]);
  expect(isChannelsFirst({ data_format: 'channels_first' })).toBe(true);
});

it.each([
  [() => numberOf({ a: 'x' }, 'a'), 'its "a" is "x", not a number'],
  [() => flagOf({ a: 'yes' }, 'a', true), 'its "a" is "yes", not true or false'],
  [() => textOf({ a: [] }, 'a'), 'its "a" is [], not a text'],
  [() => sizesOf({ a: [1, 'b'] }, 'a', 2), 'its "a" is [1,"b"], not 2 whole numbers'],
  [() => sizesOf({ a: [1] }, 'a', 2), 'its "a" is [1], not 2 whole numbers'],
  [() => axesOf({ axis: 'last' }, 'axis', -1), 'its "axis" is "last", not an axis'],
])('tells what is wrong: %#', (read, message) => {
  expect(read).toThrow(message);
});

it('lists and dictionaries are told apart, long values cut', () => {
  expect([isObject([]), isObject({}), isObject(null), isList([]), isList({})]).toEqual([
    false,
    true,
    false,
    true,
    false,
  ]);
  expect(describe('x'.repeat(100))).toHaveLength(58);
});
