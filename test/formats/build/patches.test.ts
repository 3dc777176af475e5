import { expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { dilate, patches } from '../../../shared/formats/build/patches.ts';
import { anyInput, heldInput, run } from './_graph.ts';

const WINDOW = { kernel: [2, 2], strides: [1, 2], dilations: [1, 1], padding: 'VALID' } as const;

it('the elements under a window are channels, row by row', async () => {
  const b = Builder.root(17);
  const { value, feed } = heldInput(b, 'x', [1, 3, 4, 1]);
  const [result] = await run(b, [patches(b, value, WINDOW)], { x: feed });
  expect(result).toEqual({
    dims: [1, 2, 2, 4],
    numbers: [0, 1, 4, 5, 2, 3, 6, 7, 4, 5, 8, 9, 6, 7, 10, 11],
  });
});

it('the same when the value is held with channels in front', async () => {
  const b = Builder.root(17);
  const ordered = heldInput(b, 'x', [1, 3, 4, 2], [0, 3, 1, 2]);
  const plain = heldInput(b, 'y', [1, 3, 4, 2]);
  const values = [ordered, plain].map(({ value }) =>
    patches(b, value, { ...WINDOW, padding: 'SAME' }),
  );
  const [left, right] = await run(b, values, { x: ordered.feed, y: plain.feed });
  expect(left).toEqual(right);
});

it('a dilation takes no margin for the largest', async () => {
  const b = Builder.root(17);
  const { value, feed } = heldInput(b, 'x', [1, 1, 3, 1]);
  const shifted = b.numbers([-9, -5], 'float32', [1, 2, 1]);
  const window = { ...WINDOW, kernel: [1, 2], strides: [1, 1], padding: 'SAME' } as const;
  const [result] = await run(b, [dilate(b, value, shifted, window)], { x: feed });
  expect(result?.numbers).toEqual([-4, -3, -7]);
});

it('refuses windows that no graph should be taken apart for', () => {
  const b = Builder.root(17);
  const x = anyInput(b, 'float32', [1, 99, 99, 1]);
  expect(() => patches(b, x, { ...WINDOW, kernel: [33, 32] })).toThrow('1056 elements');
  const whole = anyInput(b, 'int32', [1, 9, 9, 1]);
  expect(() => dilate(b, whole, whole, { ...WINDOW, padding: 'SAME' })).toThrow('integers');
});
