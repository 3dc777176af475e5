import { expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { lowest, padSame } from '../../../shared/formats/build/same-padding.ts';
import { heldInput, run } from './_graph.ts';

it.each([
  [5, 3, 2],
  [6, 3, 2],
  [8, 2, 3],
  [9, 1, 4],
  [4, 7, 1],
])('%d elements under a window that reaches %d and moves by %d', async (size, reach, stride) => {
  const b = Builder.root(17);
  const { value, feed } = heldInput(b, 'x', [1, size, 1]);
  const [padded] = await run(b, [padSame(b, value, [reach], [stride], -1)], { x: feed });
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
  const before = Math.floor(total / 2);
  const margin = (count: number): number[] => new Array<number>(count).fill(-1);
  expect(padded?.numbers).toEqual([
    ...margin(before),
    ...Array.from({ length: size }, (_, at) => at),
    ...margin(total - before),
  ]);
});

it('what a maximum never takes', () => {
  expect([lowest('float16'), lowest('int8'), lowest('uint8')]).toEqual([-Infinity, -128, 0]);
});
