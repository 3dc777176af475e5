import { expect, it } from 'vitest';
import { namedSizes, ownBatches } from '../../../shared/formats/tf/named-sizes.ts';

it.each([
  [
    [null, 8, null],
    ['batch', 8, 'x_dim2'],
  ],
  [
    [2, null],
    [2, 'x_dim1'],
  ],
  [[], []],
  [null, null],
])('%j becomes %j', (shape, wanted) => expect(namedSizes(shape, 'x')).toEqual(wanted));

it('two batches are not claimed to be equal', () => {
  const port = (name: string, size: string | number) =>
    ({ name, tensor: name, type: 'float32', shape: [size, 4] }) as const;
  const alone = [port('a', 'batch'), port('b', 3)];
  expect(ownBatches(alone)).toEqual(alone);
  const both = ownBatches([port('a', 'batch'), port('b', 'batch'), port('c', 3)]);
  expect(both.map(({ shape }) => shape?.[0])).toEqual(['a_batch', 'b_batch', 3]);
});
