/** Names of free sizes. */
import type { Shape } from '../build/dims.ts';

/**
 * Free sizes with names: the first is the batch, others are named after the input and their axis. Only
 * equal names claim equal sizes.
 */
export function namedSizes(shape: Shape | null, input: string): Shape | null {
  return (
    shape?.map((size, axis) =>
      size === null ? (axis === 0 ? 'batch' : `${input}_dim${axis}`) : size,
    ) ?? null
  );
}
