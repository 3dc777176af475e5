import { expect, it } from 'vitest';
import { FreshNames } from '../../../shared/formats/build/fresh-names.ts';

it('numbers what is taken', () => {
  const names = new FreshNames();
  names.take('Add');
  names.take('Add_1');
  expect(['Add', 'Add', 'Mul', 'Add_2'].map((wish) => names.fresh(wish))).toEqual([
    'Add_2',
    'Add_3',
    'Mul',
    'Add_2_1',
  ]);
  expect([names.has('Mul'), names.has('Sub')]).toEqual([true, false]);
});

it('a copy goes its own way', () => {
  const names = new FreshNames();
  names.fresh('a');
  const copy = new FreshNames(names);
  expect([copy.fresh('a'), copy.fresh('a')]).toEqual(['a_1', 'a_2']);
  expect(names.fresh('a')).toBe('a_1');
});

it('a hundred thousand names of one kind are given without looking through those before', () => {
  const names = new FreshNames();
  for (let count = 0; count < 100_000; count++) names.fresh('Squeeze');
  expect(names.fresh('Squeeze')).toBe('Squeeze_100000');
});
