import { expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import {
  channelsToBack,
  channelsToFront,
  withChannelsLast,
} from '../../../shared/formats/keras/channels.ts';

it('channels change their place without a node', () => {
  const b = Builder.root(17);
  const x = b.input('x', 'float32', ['batch', 3, 8, 9]);
  const back = channelsToBack(b, x);
  expect(back.shape).toEqual(['batch', 8, 9, 3]);
  expect(channelsToFront(b, back).shape).toEqual(x.shape);
  expect(b.graph('g').nodes).toEqual([]);
});

it.each([
  ['channels_first', ['batch', 8, 9, 3]],
  ['channels_last', ['batch', 3, 8, 9]],
])('a layer with %s sees its channels last', (format, seen) => {
  const b = Builder.root(17);
  const x = b.input('x', 'float32', ['batch', 3, 8, 9]);
  const made = withChannelsLast(b, { data_format: format }, x, (inner) => {
    expect(inner.shape).toEqual(seen);
    return inner;
  });
  expect(made.shape).toEqual(x.shape);
});
