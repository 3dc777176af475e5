import { describe, expect, it } from 'vitest';
import {
  axesListed,
  axisOf,
  backAxis,
  clampBound,
  hasInput,
  intsIn,
} from '../../../../../shared/compress/prune/slim/rules/axes.ts';
import { ints, n, net } from '../_nets.ts';
import { traced } from '../_removal.ts';

const { trace } = await traced(net([2, 3], [2, 3], [ints('axes', -1, 0)], n('Relu', ['x'], ['y'])));

describe('axes', () => {
  it('count from the end where they are negative', () => {
    expect([backAxis(-1, 4), backAxis(1, 4)]).toEqual([3, 1]);
    expect(axisOf(n('Concat', [], [], { axis: -2 }), 4, 0)).toBe(2);
    expect(axisOf(n('Softmax', [], []), 4, -1)).toBe(3);
  });

  it('are listed by an attribute, an input, or not at all', () => {
    const listed = (inputs: readonly string[], attributes = {}) =>
      axesListed(n('ReduceSum', inputs, [], attributes), 1, 3, trace, [7]);
    expect(listed(['x'], { axes: [1, -1] })).toEqual([1, 2]);
    expect(listed(['x', 'axes'])).toEqual([2, 0]);
    expect(listed(['x'])).toEqual([7]);
    expect(listed(['x', 'y'])).toBeUndefined();
  });

  it('are integers of inputs that are there and constant', () => {
    const node = n('Reshape', ['x', 'axes', '', 'y'], []);
    expect([0, 1, 2, 3, 4].map((input) => intsIn(node, input, trace))).toEqual([
      undefined,
      [-1, 0],
      undefined,
      undefined,
      undefined,
    ]);
    expect([1, 2, 4].map((input) => hasInput(node, input))).toEqual([true, false, false]);
  });

  it('have bounds within their size', () => {
    expect([-9, -2, 0, 3, 9].map((bound) => clampBound(bound, 5))).toEqual([0, 3, 0, 3, 5]);
  });
});
