import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import type { Dim, Known, Shape } from '../../../shared/formats/build/dims.ts';
import {
  foldElements,
  foldItems,
  foldOperator,
  knownOrNot,
  representable,
} from '../../../shared/formats/build/fold.ts';
import type { Value } from '../../../shared/formats/build/value.ts';
import type { ElementType } from '../../../shared/onnx/element-type.ts';

const b = Builder.root(17);

const value = (known: Known, type: ElementType = 'int32', shape: Shape = [known.length]): Value =>
  b.named(b.fresh('v'), type, shape).withKnown(known);

describe('one element', () => {
  it.each<[string, Dim[], Dim]>([
    ['Add', [2, 3], 5],
    ['Add', ['n', 0], 'n'],
    ['Add', ['n', 1], null],
    ['Sub', ['n', 0], 'n'],
    ['Sub', ['n', 'n'], 0],
    ['Sub', [null, null], null],
    ['Sub', [0, 'n'], null],
    ['Mul', ['n', 1], 'n'],
    ['Mul', [1, 'n'], 'n'],
    ['Mul', [0, 'n'], 0],
    ['Mul', ['n', 'm'], null],
    ['Div', [7, 2], 3],
    ['Div', [-7, 2], -3],
    ['Div', ['n', 1], 'n'],
    ['Div', [1, 0], null],
    ['Max', ['n', 0], 'n'],
    ['Max', ['n', 1], null],
    ['Max', [-3, 'n'], 'n'],
    ['Min', ['n', 0], 0],
    ['Min', ['n', 'n'], 'n'],
    ['Min', ['n', 5], null],
    ['Equal', ['n', 'n'], 1],
    ['Equal', ['n', 'm'], null],
    ['Equal', [null, null], null],
    ['Where', [1, 'n', 2], 'n'],
    ['Where', [0, 'n', 2], 2],
    ['Where', [null, 'n', 'n'], 'n'],
    ['Where', ['n', 1, 2], null],
    ['Pow', [2, 31], null],
    ['Erf', [1], null],
    ['toString', [1], null],
  ])('%s of %j is %j', (op, items, expected) => {
    expect(foldItems(op, items, 'int32')).toBe(expected);
  });

  it('of a fraction is divided as such', () => {
    expect(foldItems('Div', [1, 3], 'float32')).toBe(Math.fround(1 / 3));
  });
});

describe('numbers that the type does not hold are not known', () => {
  it.each<[number, ElementType, Dim]>([
    [128, 'int8', null],
    [-128, 'int8', -128],
    [256, 'uint8', null],
    [-1, 'uint8', null],
    [2 ** 31, 'int32', null],
    [2 ** 53, 'int64', null],
    [2 ** 53 - 1, 'int64', 2 ** 53 - 1],
    [0.5, 'int32', null],
    [Number.NaN, 'int32', null],
    [0.1, 'float32', Math.fround(0.1)],
  ])('%d as %s', (item, type, expected) => {
    expect(representable(item, type)).toBe(expected);
  });
});

describe('tensors', () => {
  it('are broadcast', () => {
    const column = value([1, 'n'], 'int32', [2, 1]);
    expect(foldOperator('Mul', [column, value([1, 2, 'm'])], 'int32', [2, 3])).toEqual([
      1,
      2,
      'm',
      'n',
      null,
      null,
    ]);
  });

  it('give nothing where no element is known', () => {
    expect(foldOperator('Mul', [value(['n']), value(['m'])], 'int32', [1])).toBeUndefined();
    expect(knownOrNot([])).toEqual([]);
    expect(knownOrNot([null, null])).toBeUndefined();
  });

  it('of float64 are not folded: what is known of them is rounded', () => {
    const x = b.numbers([0.1], 'float64');
    expect(foldOperator('Add', [x, x], 'float64', [1])).toBeUndefined();
  });

  it('of free size, of many elements or unknown are not folded', () => {
    const x = value([1]);
    expect(foldElements([x], 'int32', [null], () => 1)).toBeUndefined();
    expect(foldElements([x], 'int32', [5000], () => 1)).toBeUndefined();
    expect(foldElements([b.named('u', 'int32', [1])], 'int32', [1], () => 1)).toBeUndefined();
  });
});
