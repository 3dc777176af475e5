import { expect, test } from 'vitest';
import { splitNames } from '../../../shared/pipeline/config/values.ts';

test('names stand between commas, with or without spaces', () => {
  expect(splitNames('a, b,c:0')).toEqual(['a', 'b', 'c:0']);
  expect(splitNames('int8, auto,,float16')).toEqual(['int8', 'auto', 'float16']);
  expect(splitNames(' , ')).toEqual([]);
});
