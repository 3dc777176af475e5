import { expect, test } from 'vitest';
import { typeOfName, typeOfNumber } from '../../../shared/formats/tf/data-type.ts';

test.each([
  [1, 'DT_FLOAT', 'float32'],
  [9, 'DT_INT64', 'int64'],
  [19, 'DT_HALF', 'float16'],
  [20, 'DT_RESOURCE', 'resource'],
  [101, 'DT_FLOAT_REF', 'float32'],
  [0, 'DT_INVALID', 'unknown'],
  [77, 'toString', 'unknown'],
])('%i and %s are %s', (number, name, type) => {
  expect(typeOfNumber(number)).toBe(type);
  expect(typeOfName(name)).toBe(type);
});
