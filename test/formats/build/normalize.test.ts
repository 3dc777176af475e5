import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import {
  batchNorm,
  localResponseNorm,
  ownStatisticsNorm,
} from '../../../shared/formats/build/normalize.ts';
import { anyInput, heldInput, opsOf, run } from './_graph.ts';

const statistics = (b: Builder) => ({
  scale: b.numbers([2, 1], 'float32'),
  offset: b.numbers([1, 0], 'float32'),
  mean: b.numbers([0, 1], 'float32'),
  variance: b.numbers([3, 0], 'float32'),
});

describe('with given statistics', () => {
  it('is computed with channels in front, vectors as they are', async () => {
    const b = Builder.root(17);
    const { value, feed } = heldInput(b, 'x', [1, 1, 2, 2]);
    const y = batchNorm(b, value, statistics(b), 1);
    expect(y.order).toEqual([0, 3, 1, 2]);
    const [result] = await run(b, [y], { x: feed });
    expect(result?.numbers).toEqual([1, 0, 3, 2]);
    const matrix = batchNorm(b, anyInput(b, 'float32', ['n', 2]), statistics(b), 1);
    expect(matrix.order).toBeUndefined();
  });

  it('half floats are widened to the type of the statistics and come back', () => {
    const b = Builder.root(17);
    const y = batchNorm(b, anyInput(b, 'float16', [1, 4, 2]), statistics(b), 1);
    expect(y.type).toBe('float16');
    expect(opsOf(b)).toEqual(['Cast', 'Transpose', 'BatchNormalization', 'Cast']);
  });
});

it('with its own statistics has mean 0 and deviation 1', async () => {
  const b = Builder.root(17);
  const { value, feed } = heldInput(b, 'x', [4, 1]);
  const one = b.numbers([1], 'float32');
  const { y, mean } = ownStatisticsNorm(
    b,
    value,
    { scale: one, offset: b.numbers([0], 'float32') },
    0,
  );
  const [normal, middle] = await run(b, [y, mean], { x: feed });
  expect(middle?.numbers).toEqual([1.5]);
  const squares = (normal?.numbers ?? []).map((number) => number * number);
  expect(squares.reduce((sum, square) => sum + square, 0) / 4).toBeCloseTo(1, 5);
});

it('local responses count channels on both sides, not divided by how many', async () => {
  const b = Builder.root(17);
  const { value, feed } = heldInput(b, 'x', [1, 1, 1, 4]);
  const y = localResponseNorm(b, value, { radius: 1, bias: 1, alpha: 1, beta: 1 });
  const [result] = await run(b, [y], { x: feed });
  const wanted = [0, 1 / 6, 2 / 15, 3 / 14];
  for (const [at, number] of wanted.entries()) expect(result?.numbers[at]).toBeCloseTo(number, 6);
});
