/**
 * Axis orders: TensorFlow counts axes as `[N, H, W, C]`, ONNX computes on `[N, C, H, W]`. A value stays in
 * the order in which an operator made it; `order[i]` is the source's axis that lies at place `i`.
 */
import { upTo } from './dims.ts';

/** A permutation; absent: as the source has it. */
export type Order = readonly number[] | undefined;

/** Absent when the permutation changes nothing. */
export const plainOrder = (order: Order): Order =>
  order?.every((axis, place) => axis === place) ? undefined : order;

/** Whether both are the same permutation. */
export const sameOrder = (a: Order, b: Order): boolean =>
  (plainOrder(a)?.join() ?? '') === (plainOrder(b)?.join() ?? '');

/** The permutation written out. */
export const placesOf = (order: Order, rank: number): readonly number[] => order ?? upTo(rank);

/** The place at which the source's axis lies. */
export const placeOf = (order: Order, axis: number): number => (order ? order.indexOf(axis) : axis);

/** Channels behind the batch for `spatial` axes between: `[0, 3, 1, 2]` for two. */
export const channelsFirst = (spatial: number): readonly number[] => [
  0,
  spatial + 1,
  ...upTo(spatial).map((axis) => axis + 1),
];

/** What is left of an order when axes disappear. */
export function withoutAxes(order: Order, axes: readonly number[]): Order {
  if (!order) return undefined;
  const kept = order.filter((axis) => !axes.includes(axis));
  const sorted = [...kept].sort((a, b) => a - b);
  return plainOrder(kept.map((axis) => sorted.indexOf(axis)));
}

/** Sizes by place from sizes by axis. */
export const inOrder = <T>(byAxis: readonly T[], order: Order): T[] =>
  order ? order.map((axis) => byAxis[axis] as T) : [...byAxis];
