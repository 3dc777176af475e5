import { describe, expect, it } from 'vitest';
import {
  channelsFirst,
  inOrder,
  placeOf,
  placesOf,
  plainOrder,
  sameOrder,
  withoutAxes,
} from '../../../shared/formats/build/order.ts';

describe('an order of axes', () => {
  it('that changes nothing is none', () => {
    expect([plainOrder([0, 1]), plainOrder([1, 0])]).toEqual([undefined, [1, 0]]);
    expect([sameOrder(undefined, [0, 1, 2]), sameOrder([1, 0], undefined)]).toEqual([true, false]);
  });

  it.each([
    [1, [0, 2, 1]],
    [2, [0, 3, 1, 2]],
    [3, [0, 4, 1, 2, 3]],
  ])('puts channels in front of %d spatial axes', (spatial, order) => {
    expect(channelsFirst(spatial)).toEqual(order);
  });

  it('tells where an axis lies', () => {
    expect([placeOf([0, 3, 1, 2], 3), placeOf(undefined, 3)]).toEqual([1, 3]);
    expect(placesOf(undefined, 2)).toEqual([0, 1]);
    expect(inOrder(['n', 'h', 'w', 'c'], [0, 3, 1, 2])).toEqual(['n', 'c', 'h', 'w']);
  });

  it.each([
    [[0, 3, 1, 2], [3], undefined],
    [[0, 3, 1, 2], [1, 2], undefined],
    [[0, 3, 1, 2], [0], [2, 0, 1]],
    [[0, 3, 1, 2], [1], [0, 2, 1]],
    [undefined, [1], undefined],
  ])('%j without axes %j is %j', (order, axes, left) => {
    expect(withoutAxes(order, axes)).toEqual(left);
  });
});
