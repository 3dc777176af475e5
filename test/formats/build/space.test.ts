import { expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import {
  batchToSpace,
  depthToSpace,
  spaceToBatch,
  spaceToDepth,
} from '../../../shared/formats/build/space.ts';
import { anyInput, heldInput, run } from './_graph.ts';

it('blocks go to the batch and come back, in any order that they are held in', async () => {
  const b = Builder.root(17);
  const { value, feed } = heldInput(b, 'x', [2, 4, 6, 3], [0, 3, 1, 2]);
  const there = spaceToBatch(b, value, [2, 3]);
  const [moved, back] = await run(b, [there, batchToSpace(b, there, [2, 3])], { x: feed });
  expect(moved?.dims).toEqual([12, 2, 2, 3]);
  expect(back).toEqual({
    dims: [2, 4, 6, 3],
    numbers: Array.from({ length: 144 }, (_, at) => at),
  });
});

it('blocks go to the channels and come back', async () => {
  const b = Builder.root(17);
  const { value, feed } = heldInput(b, 'x', [1, 4, 6, 2]);
  const deep = spaceToDepth(b, value, 2);
  const [first, back] = await run(b, [deep, depthToSpace(b, deep, 2)], { x: feed });
  expect(first?.numbers.slice(0, 8)).toEqual([0, 1, 2, 3, 12, 13, 14, 15]);
  expect(back?.numbers).toEqual([...(feed.data as Float32Array)]);
});

it('names of sizes stay where a block is 1', () => {
  const b = Builder.root(17);
  expect(spaceToBatch(b, anyInput(b, 'float32', ['n', 4, 2]), [1]).shape).toEqual(['n', 4, 2]);
});

it('refuses sizes that are not made of blocks', () => {
  const b = Builder.root(17);
  expect(() => spaceToDepth(b, anyInput(b, 'float32', [1, 5, 4, 1]), 2)).toThrow(
    'a size of 5 is not made of blocks of 2',
  );
});
