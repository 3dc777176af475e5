import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { cast, int64Name } from '../../../shared/formats/build/cast.ts';
import type { Known } from '../../../shared/formats/build/dims.ts';
import type { ElementType } from '../../../shared/onnx/element-type.ts';
import { int64Tensor } from '../../../shared/onnx/make-tensor.ts';
import { anyInput, heldInput, opsOf } from './_graph.ts';

describe('a constant', () => {
  it.each<[readonly number[], ElementType, ElementType, readonly number[]]>([
    [[1.9, -1.9], 'float32', 'int32', [1, -1]],
    [[0, 2], 'int32', 'bool', [0, 1]],
    [[300, -1], 'int32', 'uint8', [44, 255]],
    [[1, 2], 'int64', 'float32', [1, 2]],
    [[0, 0.5], 'float32', 'bool', [0, 1]],
  ])('%j of %s as %s', (numbers, from, to, expected) => {
    const b = Builder.root(17);
    const result = cast(b, b.numbers(numbers, from), to);
    expect([result.numbers, result.type, opsOf(b)]).toEqual([expected, to, []]);
  });

  it.each([
    ['of numbers that are none', [Number.NaN], 'float32'],
    ['of float64, which is known rounded', [0.1], 'float64'],
  ] as const)('%s is cast while the model runs', (_, numbers, from) => {
    const b = Builder.root(17);
    cast(b, b.numbers(numbers, from), 'int32');
    expect(opsOf(b)).toEqual(['Cast']);
  });

  it('beyond what a double holds is cast while the model runs', () => {
    const b = Builder.root(17);
    cast(b, b.constant(int64Tensor('', [1], [2 ** 60])), 'int32');
    expect(opsOf(b)).toEqual(['Cast']);
  });
});

describe('what is known', () => {
  it.each<[Known, ElementType, ElementType, Known | undefined]>([
    [['n', 3], 'int32', 'int64', ['n', 3]],
    [['n', 2.5], 'float32', 'int32', ['n', 2]],
    [['n', 300], 'int32', 'uint8', ['n', null]],
    [['n', 3], 'int32', 'float32', [null, 3]],
    [['n'], 'int32', 'float32', undefined],
  ])('%j of %s as %s is %j', (known, from, to, expected) => {
    const b = Builder.root(17);
    const x = anyInput(b, from, [known.length]).withKnown(known);
    expect(cast(b, x, to).known).toEqual(expected);
  });
});

it('keeps the order of axes', () => {
  const b = Builder.root(17);
  const { value } = heldInput(b, 'x', [1, 2, 3], [0, 2, 1]);
  expect(cast(b, value, 'int32').order).toEqual([0, 2, 1]);
  expect(cast(b, value, 'float32')).toBe(value);
});

it('gives the name of int64', () => {
  const b = Builder.root(17);
  const x = anyInput(b, 'int64', [2]);
  expect(int64Name(b, x)).toBe(b.hold(x));
  int64Name(b, anyInput(b, 'int32', [2]));
  expect(opsOf(b)).toEqual(['Cast']);
});
