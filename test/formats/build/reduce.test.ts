import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import type { Known } from '../../../shared/formats/build/dims.ts';
import { channelsFirst } from '../../../shared/formats/build/order.ts';
import {
  alongAxis,
  argReduce,
  type Reduction,
  reduce,
  reduceAlong,
  swapLastAxes,
} from '../../../shared/formats/build/reduce.ts';
import { anyInput, heldInput, opsOf, run } from './_graph.ts';

const NCHW = channelsFirst(2);

describe.each([17, 18])('at opset %d', (opset) => {
  it.each<[readonly number[] | undefined, boolean]>([
    [[1, 2], true],
    [[1, 2], false],
    [[-1], false],
    [[0, 3], true],
    [undefined, false],
    [[0], false],
  ])('over axes %j (kept: %s) a value in another order gives the same', async (axes, keep) => {
    const b = Builder.root(opset);
    const ordered = heldInput(b, 'x', [2, 2, 3, 4], NCHW);
    const plain = heldInput(b, 'y', [2, 2, 3, 4]);
    const results = [ordered, plain].map(({ value }) => reduce(b, 'ReduceMax', value, axes, keep));
    expect(opsOf(b)).toEqual(['ReduceMax', 'ReduceMax']);
    const [got, wanted] = await run(b, results, { x: ordered.feed, y: plain.feed });
    expect(got).toEqual(wanted);
    expect(results[0]?.shape).toEqual(wanted?.dims);
  });
});

describe('a reduction', () => {
  it('over no axes is the value', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', [2]);
    expect(reduce(b, 'ReduceSum', x, [], true)).toBe(x);
  });

  it.each<[Reduction, Known, Known | undefined]>([
    ['ReduceProd', [2, 3, 4], [24]],
    ['ReduceProd', ['n', 1], ['n']],
    ['ReduceProd', ['n', 2], undefined],
    ['ReduceSum', ['n', 0], ['n']],
    ['ReduceMax', [2, 5], [5]],
    ['ReduceMin', [2, 5], [2]],
    ['ReduceMean', [2, 4], undefined],
  ])('%s of a vector %j is known as %j', (op, known, expected) => {
    const b = Builder.root(17);
    const x = anyInput(b, 'int32', [known.length]).withKnown(known);
    expect(reduce(b, op, x, [0], false).known).toEqual(expected);
  });

  it('of truth values goes through a type that has a kernel', () => {
    const b = Builder.root(17);
    expect(reduce(b, 'ReduceMax', anyInput(b, 'bool', [2]), [0], false).type).toBe('bool');
    expect(opsOf(b)).toEqual(['Cast', 'ReduceMax', 'Cast']);
  });

  it('over computed axes needs them as an input', () => {
    const b = Builder.root(18);
    const x = anyInput(b, 'float32', [2, 3, 4]);
    const axes = anyInput(b, 'int32', [2]);
    expect(reduceAlong(b, 'ReduceMax', x, axes, true).shape).toEqual([null, null, null]);
    expect(reduceAlong(b, 'ReduceMax', x, axes, false).shape).toEqual([null]);
    expect(reduceAlong(b, 'ReduceMax', x, b.numbers([1], 'int32'), false).shape).toEqual([2, 4]);
    const old = Builder.root(17);
    const [y, over] = [anyInput(old, 'float32', [2]), anyInput(old, 'int32', [])];
    expect(() => reduceAlong(old, 'ReduceMax', y, over, false)).toThrow(/opset 18/);
    expect(reduceAlong(old, 'ReduceSum', y, over, false).shape).toEqual([]);
  });
});

describe('along one axis', () => {
  it('the axis is that of the source', async () => {
    const b = Builder.root(17);
    const { value, feed } = heldInput(b, 'x', [1, 2, 2, 3], NCHW);
    const places = argReduce(b, 'ArgMax', value, -1);
    const softmax = alongAxis(b, 'Softmax', value);
    expect([places.shape, places.type, softmax.order]).toEqual([[1, 2, 2], 'int64', NCHW]);
    const [found, shares] = await run(b, [places, softmax], { x: feed });
    expect(found?.numbers).toEqual([2, 2, 2, 2]);
    const sums = [0, 3, 6, 9].map((at) =>
      (shares?.numbers ?? []).slice(at, at + 3).reduce((s, n) => s + n),
    );
    for (const sum of sums) expect(sum).toBeCloseTo(1, 5);
  });

  it('a size of 1 may stay', () => {
    const b = Builder.root(17);
    expect(argReduce(b, 'ArgMin', anyInput(b, 'float32', ['n', 3]), 1, true).shape).toEqual([
      'n',
      1,
    ]);
  });

  it('the last two axes change places without a node', () => {
    const b = Builder.root(17);
    const swapped = swapLastAxes(b, anyInput(b, 'float32', ['n', 3, 4]));
    expect([swapped.shape, swapped.order, opsOf(b)]).toEqual([['n', 4, 3], [0, 2, 1], []]);
  });
});
