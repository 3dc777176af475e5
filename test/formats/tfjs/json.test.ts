import { expect, test } from 'vitest';
import { ModelError } from '../../../shared/base/errors.ts';
import { arrayAt, countAt, objectAt, textAt } from '../../../shared/formats/tfjs/json.ts';

test('what is there is given back', () => {
  expect(objectAt({ a: 1 }, 'it')).toEqual({ a: 1 });
  expect(arrayAt([1], 'it')).toEqual([1]);
  expect(arrayAt(undefined, 'it')).toEqual([]);
  expect(textAt('a', 'it')).toBe('a');
  expect(countAt(3, 'it')).toBe(3);
});

test.each<[string, () => unknown, RegExp]>([
  ['a list for an object', () => objectAt([], 'it'), /it is a list, not an object/],
  ['null for an object', () => objectAt(null, 'it'), /it is null, not an object/],
  ['an object for a list', () => arrayAt({}, 'it'), /it is a object, not a list/],
  ['nothing for a text', () => textAt(undefined, 'it'), /it is missing, not a text/],
  ['a negative size', () => countAt(-1, 'it'), /it is -1, not a whole number/],
  ['a fraction', () => countAt(1.5, 'it'), /it is 1.5/],
  ['a size beyond what is exact', () => countAt(1e300, 'it'), /whole number/],
])('%s is refused', (_, read, message) => {
  expect(read).toThrow(ModelError);
  expect(read).toThrow(message);
});
