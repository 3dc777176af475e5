import { expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { maxPoolWithPlaces } from '../../../shared/formats/build/pool-places.ts';
import { anyInput, heldInput, run } from './_graph.ts';

const WINDOW = { kernel: [2, 2], strides: [2, 2], padding: 'VALID' } as const;

it.each([false, true])('places count rows, columns, channels; images too: %s', async (isWhole) => {
  const b = Builder.root(17);
  const { value, feed } = heldInput(b, 'x', [2, 2, 4, 3], [0, 3, 1, 2]);
  const [maxima, places] = await run(b, maxPoolWithPlaces(b, value, WINDOW, isWhole, 'int64'), {
    x: feed,
  });
  // Elements count themselves: every maximum is its own place in the batch.
  expect(maxima?.numbers.slice(0, 3)).toEqual([15, 16, 17]);
  expect(places?.numbers).toEqual(
    maxima?.numbers.map((number) => (isWhole ? number : number % 24)),
  );
});

it('needs to know the channels', () => {
  const b = Builder.root(17);
  const x = anyInput(b, 'float32', [1, 4, 4, null]);
  expect(() => maxPoolWithPlaces(b, x, WINDOW, false, 'int64')).toThrow('channels is free');
});
