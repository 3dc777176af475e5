import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { channelsFirst } from '../../../shared/formats/build/order.ts';
import { shapeOf, sizeName, sizesName } from '../../../shared/formats/build/shape-of.ts';
import { anyInput, heldInput, opsOf, run } from './_graph.ts';

const NCHW = channelsFirst(2);

describe('a shape', () => {
  it('of fixed sizes is a constant', () => {
    const b = Builder.root(17);
    const shape = shapeOf(b, anyInput(b, 'float32', [2, 3]));
    expect([shape.numbers, shape.type, opsOf(b)]).toEqual([[2, 3], 'int32', []]);
  });

  it('of free sizes is known as far as they are', () => {
    const b = Builder.root(17);
    expect(shapeOf(b, anyInput(b, 'float32', ['n', 3]), 'int64').known).toEqual(['n', 3]);
    expect(shapeOf(b, anyInput(b, 'float32', [null, null])).known).toBeUndefined();
    expect(shapeOf(b, anyInput(b, 'float32', null)).shape).toEqual([null]);
  });

  it('is in the order of the source, whatever the value is held in', async () => {
    const b = Builder.root(17);
    const { value, feed } = heldInput(b, 'x', [1, 2, 3, 4], NCHW);
    const free = b.named(b.hold(value, NCHW), 'float32', ['n', null, null, 4], NCHW);
    const shape = shapeOf(b, free, 'int64');
    const width = b.named(sizeName(b, free, 2), 'int64', [1]);
    expect(opsOf(b)).toEqual(['Shape', 'Gather', 'Shape']);
    const [all, one] = await run(b, [shape, width], { x: feed });
    expect([all?.numbers, one?.numbers]).toEqual([[1, 2, 3, 4], [3]]);
  });
});

describe('sizes of which some are free', () => {
  it('are taken from values that have an axis of that name', async () => {
    const b = Builder.root(17);
    const { value, feed } = heldInput(b, 'x', [2, 3]);
    const named = b.named(b.hold(value), 'float32', ['n', 3]);
    const name = sizesName(b, [4, 'n'], [b.scalar(1, 'float32'), named]) ?? '';
    const [sizes] = await run(b, [b.named(name, 'int64', [2])], { x: feed });
    expect(sizes?.numbers).toEqual([4, 2]);
  });

  it('cannot be told when nobody knows them', () => {
    const b = Builder.root(17);
    expect(sizesName(b, ['m', 1], [anyInput(b, 'float32', ['n'])])).toBeUndefined();
    expect(sizesName(b, [null], [])).toBeUndefined();
    expect(sizesName(b, [1, 2], [])).toBe(b.ints([1, 2]));
  });
});
