import { expect, it } from 'vitest';
import { Floors, leastOf } from '../../../../shared/compress/prune/slim/floors.ts';
import { NETS, net } from './_nets.ts';
import { traced } from './_removal.ts';

it.each([
  [1, 1],
  [2, 2],
  [6, 2],
  [20, 2],
  [21, 3],
  [64, 7],
])('of %i channels %i stay', (count, least) => {
  expect(leastOf(count)).toBe(least);
});

it('holds on every axis, also on a part of a split', async () => {
  const { trace, groups } = await traced(NETS['split and sliced'] ?? net([], [], []));
  const channels = groups[0]?.units.map(({ channel }) => channel) ?? [];
  const floors = new Floors(trace);
  // The first four of twelve are one part: two of them stay.
  expect(floors.take(channels.slice(0, 3))).toBe(false);
  expect(floors.take(channels.slice(0, 2))).toBe(true);
  expect(floors.take(channels.slice(2, 3))).toBe(false);
  expect(floors.take(channels.slice(4, 10))).toBe(true);
  expect(floors.take(channels.slice(10, 11))).toBe(false);
});
