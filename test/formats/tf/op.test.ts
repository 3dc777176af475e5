import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import type { Value } from '../../../shared/formats/build/value.ts';
import {
  input,
  isValue,
  LookupTable,
  many,
  numberOf,
  numbersOf,
  one,
  type TfContext,
  type TfOp,
  three,
  two,
} from '../../../shared/formats/tf/op.ts';

const b = Builder.root(17);
const context: TfContext = {
  b,
  node: { name: 'n', op: 'Op', inputs: [], attributes: new Map() },
  functions: new Map(),
  call: () => [],
};
const [x, y, z] = [1, 2, 3].map((number) => b.scalar(number, 'int32')) as [Value, Value, Value];

describe('an op', () => {
  it.each<[string, TfOp, readonly Value[]]>([
    ['one', one((_, p) => [p]), [x]],
    ['two', two((_, p, q) => [p, q]), [x, y]],
    ['three', three((_, p, q, r) => [p, q, r]), [x, y, z]],
    ['many', many((_, inputs) => inputs), [x, y, z]],
  ])('of %s inputs gets them', (_, op, inputs) => {
    expect(op(inputs, context)).toEqual(inputs);
  });

  it('without an input that it needs is refused', () => {
    expect(() => two((_, p) => p)([x], context)).toThrow(/no input 1/);
    expect(() => input([], 0)).toThrow(/no input 0/);
  });
});

describe('numbers of an input', () => {
  it('are those of a constant', () => {
    expect(numbersOf(b.numbers([1, 2], 'int32'), 'axes')).toEqual([1, 2]);
    expect([numberOf(x, 'axis'), numberOf(b.numbers([4], 'int64'), 'axis')]).toEqual([1, 4]);
  });

  it('that are computed, or more than one, are refused', () => {
    const computed = b.parameter('p', 'int32', [1]);
    expect(() => numbersOf(computed, 'axes')).toThrow(/its axes is computed|its axes are computed/);
    expect(() => numberOf(b.numbers([1, 2], 'int32'), 'axis')).toThrow(/axis is no single number/);
  });
});

it('a table is no tensor', () => {
  expect([isValue(x), isValue(new LookupTable(x, y)), isValue(undefined)]).toEqual([
    true,
    false,
    false,
  ]);
});
