import { describe, expect, it } from 'vitest';
import {
  addDims,
  broadcastDims,
  broadcastShapes,
  checkedRank,
  checkedSizes,
  expectRank,
  freeShape,
  frontAxes,
  frontAxis,
  isStatic,
  mergeShapes,
  moreKnown,
  quotient,
  sizeOf,
  upTo,
} from '../../../shared/formats/build/dims.ts';

describe('axes', () => {
  it('are counted from the front, sorted, each once', () => {
    expect(frontAxis(-1, 3)).toBe(2);
    expect(frontAxes([-1, 0, 2], 3)).toEqual([0, 2]);
  });

  it.each([3, -4, 0.5])('%d is none of three', (axis) => {
    expect(() => frontAxis(axis, 3)).toThrow(/does not exist/);
  });
});

describe('broadcasting', () => {
  it.each([
    [
      [[2, 3], [3]],
      [2, 3],
    ],
    [
      [
        ['n', 1, 4],
        [5, 1],
      ],
      ['n', 5, 4],
    ],
    [[[], [2]], [2]],
    [
      [
        [null, 3],
        [4, 1],
      ],
      [4, 3],
    ],
    [[['n'], ['m']], [null]],
    [[['n'], ['n']], ['n']],
    [[[0], [1]], [0]],
  ])('%j', (shapes, expected) => {
    expect(broadcastShapes(shapes)).toEqual(expected);
  });

  it('knows nothing where a rank is unknown', () => {
    expect(broadcastShapes([[2], null])).toBeNull();
  });

  it('refuses sizes that do not fit', () => {
    expect(() => broadcastDims(2, 3)).toThrow(/sizes 2 and 3/);
  });
});

describe('what more is known', () => {
  it('a number says more than a name, a name more than nothing', () => {
    expect([moreKnown('n', 2), moreKnown(null, 'n'), moreKnown('n', 'm')]).toEqual([2, 'n', 'n']);
    expect(mergeShapes(null, ['n', null])).toEqual(['n', null]);
    expect(mergeShapes(['n', null], [3, 4])).toEqual([3, 4]);
  });

  it('sums keep a name where nothing is added', () => {
    expect([addDims('n', 0), addDims(0, 'n'), addDims('n', 1), addDims(2, 3)]).toEqual([
      'n',
      'n',
      null,
      5,
    ]);
  });
});

describe('what −1 stands for', () => {
  it.each([
    [[2, 3, 4], [6], 4],
    [['n', 3, 4], ['n'], 12],
    [['n', 3, 4], [12], 'n'],
    [['n', 4], [2], null],
    [['n', 'm'], ['m'], 'n'],
    [[null, 4], [4], null],
    [[2, 3], [4], null],
    [[0, 3], [0], null],
  ])('of %j without %j is %j', (whole, dims, expected) => {
    expect(quotient(whole, dims)).toBe(expected);
  });
});

it('the size of no axes is 1', () => {
  expect([sizeOf([]), sizeOf([2, 0])]).toEqual([1, 0]);
  expect([isStatic([2]), isStatic(['n']), isStatic(null)]).toEqual([true, false, false]);
});

describe('what no tensor has', () => {
  it.each([[[-2, 3]], [[2 ** 60]], [[Number.NaN]], [[1.5]]])('is refused: sizes %j', (sizes) => {
    expect(() => checkedSizes(sizes)).toThrow(/no tensor has the sizes/);
  });

  it('is refused: ranks beyond all', () => {
    expect(() => freeShape(2 ** 31)).toThrow(/axes/);
    expect(() => checkedRank(255)).toThrow(/255 axes/);
    expect([freeShape(2), freeShape('n'), freeShape(undefined)]).toEqual([
      [null, null],
      null,
      null,
    ]);
    expect(checkedSizes(['n', 0, null])).toEqual(['n', 0, null]);
  });
});

it('numbers are written out up to a size that models have', () => {
  expect([upTo(3), upTo(0), upTo(-2)]).toEqual([[0, 1, 2], [], []]);
  expect(() => upTo(2 ** 31)).toThrow('a size of 2147483648 is larger than');
});

it('another rank than an operator asks for is refused', () => {
  expectRank({ rank: 4 }, 4);
  expect(() => expectRank({ rank: 2 }, 4)).toThrow('it takes a value of 4 axes, and gets one of 2');
});
