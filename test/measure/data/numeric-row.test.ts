import { expect, it } from 'vitest';
import { flatTensor } from '../../../shared/measure/data/numeric-row.ts';
import { signature } from './inputs.ts';

it('gives flat values the declared shape, batch 1', () => {
  const dims = (count: number, shape: (number | string | null)[] | null) =>
    flatTensor(new Array(count).fill(0), signature('x', 'float32', shape), 'row 1').dims;
  expect(dims(6, ['N', 2, 3])).toEqual([1, 2, 3]);
  expect(dims(6, [1, 2, null])).toEqual([1, 2, 3]);
  expect(dims(6, null)).toEqual([1, 6]);
  expect(dims(6, ['T'])).toEqual([6]);
  expect(dims(1, [])).toEqual([]);
  expect(() => dims(5, ['N', 2, 3])).toThrow(
    /row 1 has 5 values, input "x" takes float32 \[N, 2, 3\]/,
  );
  expect(() => dims(6, ['N', null, null])).toThrow(/has 6 values/);
  expect(() => dims(5, ['N', 2, null])).toThrow(/has 5 values/);
});
