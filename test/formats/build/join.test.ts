import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import {
  concat,
  expand,
  gather,
  split,
  splitEvenly,
  stack,
  tile,
  unstack,
} from '../../../shared/formats/build/join.ts';
import { channelsFirst } from '../../../shared/formats/build/order.ts';
import type { Value } from '../../../shared/formats/build/value.ts';
import { anyInput, heldInput, opsOf, run } from './_graph.ts';

const NCHW = channelsFirst(2);

describe('the order of axes', () => {
  it.each<[string, (b: Builder, x: Value) => Value | readonly Value[]]>([
    ['concat', (b, x) => concat(b, [x, x], -1)],
    ['split', (b, x) => split(b, x, [1, 3], 3)],
    ['splitEvenly', (b, x) => splitEvenly(b, x, 2, -1)],
    ['stack', (b, x) => stack(b, [x, x], 1)],
    ['unstack', (b, x) => unstack(b, x, 2)],
    ['gather of one', (b, x) => gather(b, x, b.scalar(1, 'int64'), 3)],
    ['gather of some', (b, x) => gather(b, x, b.numbers([2, 0], 'int32'), 3)],
  ])('is kept by %s, and the elements are right', async (_, change) => {
    const b = Builder.root(17);
    const dims = [2, 2, 3, 4];
    const [ordered, plain] = [heldInput(b, 'x', dims, NCHW), heldInput(b, 'y', dims)];
    const got = [change(b, ordered.value)].flat();
    expect(opsOf(b)).not.toContain('Transpose');
    const wanted = [change(b, plain.value)].flat();
    const results = await run(b, [...got, ...wanted], { x: ordered.feed, y: plain.feed });
    expect(results.slice(0, got.length)).toEqual(results.slice(got.length));
    expect(got.map(({ shape }) => shape)).toEqual(
      results.slice(got.length).map(({ dims: own }) => own),
    );
  });
});

describe('what is known', () => {
  const shape = (b: Builder): Value => anyInput(b, 'int32', [3]).withKnown(['n', 3, 4]);

  it.each<[string, (b: Builder) => Value | undefined, readonly unknown[]]>([
    ['concat', (b) => concat(b, [shape(b), b.numbers([5], 'int32')], 0), ['n', 3, 4, 5]],
    [
      'stack',
      (b) => stack(b, [b.scalar(1, 'int32'), gather(b, shape(b), b.scalar(0, 'int32'))]),
      [1, 'n'],
    ],
    ['split', (b) => split(b, shape(b), [1, 2], 0)[0], ['n']],
    ['unstack', (b) => unstack(b, shape(b))[0], ['n']],
    ['gather', (b) => gather(b, shape(b), b.numbers([-1, 0], 'int32')), [4, 'n']],
    ['tile', (b) => tile(b, shape(b), b.numbers([2], 'int32')), ['n', 3, 4, 'n', 3, 4]],
    [
      'expand',
      (b) => expand(b, gather(b, shape(b), b.scalar(0, 'int32')), b.numbers([2], 'int32')),
      ['n', 'n'],
    ],
  ])('is kept by %s', (_, change, known) => {
    expect(change(Builder.root(17))?.known).toEqual(known);
  });

  it.each<[string, (b: Builder) => Value | undefined, readonly number[]]>([
    ['concat', (b) => concat(b, [b.numbers([1], 'int32'), b.numbers([2], 'int32')], 0), [1, 2]],
    ['stack', (b) => stack(b, [b.scalar(1, 'int32'), b.scalar(2, 'int32')]), [1, 2]],
    ['split', (b) => split(b, b.numbers([1, 2, 3], 'int32'), [1, 2], 0)[1], [2, 3]],
    ['gather', (b) => gather(b, b.numbers([5, 6, 7], 'int32'), b.scalar(-1, 'int32')), [7]],
    ['tile', (b) => tile(b, b.numbers([1, 2], 'int32'), b.numbers([2], 'int32')), [1, 2, 1, 2]],
    ['expand', (b) => expand(b, b.scalar(7, 'int32'), b.numbers([3], 'int32')), [7, 7, 7]],
  ])('of all elements is a constant of %s', (_, change, numbers) => {
    const b = Builder.root(17);
    expect(change(b)?.constant).toBeDefined();
    expect(change(b)?.numbers).toEqual(numbers);
    expect(opsOf(b)).toEqual([]);
  });
});

describe('shapes', () => {
  it('of joined values add up', () => {
    const b = Builder.root(17);
    const [x, y] = [anyInput(b, 'float32', ['n', 2]), anyInput(b, 'float32', [null, 3])];
    expect(concat(b, [x, y], 1).shape).toEqual(['n', 5]);
    expect(concat(b, [x], 1)).toBe(x);
    expect(stack(b, [x, x], -1).shape).toEqual(['n', 2, 2]);
  });

  it('of repeated values are multiplied', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', ['n', 2, 3]);
    expect(tile(b, x, b.numbers([1, 2, 1], 'int32')).shape).toEqual(['n', 4, 3]);
    expect(tile(b, x, anyInput(b, 'int32', [3])).shape).toEqual([null, null, null]);
    expect(expand(b, x, anyInput(b, 'int64', [null])).shape).toBeNull();
  });

  it('of a large broadcast are no large constant', () => {
    const b = Builder.root(17);
    expect(expand(b, b.scalar(0, 'float32'), b.numbers([1000, 1000], 'int64')).shape).toEqual([
      1000, 1000,
    ]);
    expect(opsOf(b)).toEqual(['Expand']);
  });
});

describe('parts of an axis of free size', () => {
  it('need opset 18', () => {
    const x = (b: Builder): Value => anyInput(b, 'float32', ['n', 2]);
    const [old, newer] = [Builder.root(17), Builder.root(18)];
    expect(() => splitEvenly(old, x(old), 2, 0)).toThrow(/opset 18/);
    expect(splitEvenly(newer, x(newer), 2, 0).map(({ shape }) => shape)).toEqual([
      [null, 2],
      [null, 2],
    ]);
  });

  it('are as many as is said', () => {
    const b = Builder.root(17);
    const x = anyInput(b, 'float32', [null, 2]);
    expect(unstack(b, x, 0, 3).map(({ shape }) => shape)).toEqual([[2], [2], [2]]);
    expect(() => unstack(b, x, 0)).toThrow(/free size/);
  });
});

it.each<[string, (b: Builder) => unknown, RegExp]>([
  ['no values', (b) => concat(b, [], 0), /joins no values/],
  ['too many parts', (b) => unstack(b, anyInput(b, 'float32', [2 ** 40])), /apart into 1099/],
  [
    'negative repeats',
    (b) => tile(b, anyInput(b, 'float32', [2]), b.numbers([-1], 'int32')),
    /-1 times/,
  ],
  ['unequal parts', (b) => splitEvenly(b, anyInput(b, 'float32', [5]), 2, 0), /5 elements into 2/],
])('%s are refused', (_, change, reason) => {
  expect(() => change(Builder.root(17))).toThrow(reason);
});
