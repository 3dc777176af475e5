import { expect, it } from 'vitest';
import { any, constant, isPossible, number, op } from '../../shared/rewrite/pattern.ts';

it('writes a pattern as a value: one operator or several, read elsewhere or not', () => {
  const pattern = op(['Add', 'Sub'], [any('x'), constant('c'), number(2)], { as: 'sum' });
  expect(pattern).toEqual({
    kind: 'node',
    ops: ['Add', 'Sub'],
    inputs: [
      { kind: 'any', as: 'x' },
      { kind: 'constant', as: 'c', equals: undefined },
      { kind: 'constant', as: undefined, equals: 2 },
    ],
    as: 'sum',
    isShared: false,
  });
  expect(op('com.microsoft:Gelu', [], { isShared: true })).toMatchObject({
    ops: ['com.microsoft:Gelu'],
    isShared: true,
  });
});

it('is possible where each of its nodes has an operator that is there', () => {
  const pattern = op(['Add', 'Sub'], [op('Mul', [any('x'), constant('c')]), any('y')]);
  const isPossibleOf = (...ops: string[]): boolean => isPossible(pattern, new Set(ops));
  expect(isPossibleOf('Sub', 'Mul')).toBe(true);
  expect(isPossibleOf('Add', 'Sub')).toBe(false);
  expect(isPossibleOf('Mul')).toBe(false);
  expect(isPossible(any('x'), new Set())).toBe(true);
});
