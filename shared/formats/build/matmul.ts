/** Matrix products. */
import type { Builder } from './builder.ts';
import { broadcastShapes } from './dims.ts';
import { swapLastAxes } from './reduce.ts';
import { Unconvertible } from './unconvertible.ts';
import type { Value } from './value.ts';

/** Products of the last two axes, the others broadcast; either matrix may stand transposed. */
export function matmul(
  b: Builder,
  left: Value,
  right: Value,
  { transposeLeft = false, transposeRight = false } = {},
): Value {
  if (left.rank < 2 || right.rank < 2) throw new Unconvertible('a matrix product of a vector');
  const x = transposeLeft ? swapLastAxes(b, left) : left;
  const y = transposeRight ? swapLastAxes(b, right) : right;
  const batch = broadcastShapes([x.sizes.slice(0, -2), y.sizes.slice(0, -2)]) ?? [];
  const shape = [...batch, x.sizes.at(-2) ?? null, y.sizes.at(-1) ?? null];
  return b.emit('MatMul', [b.hold(x), b.hold(y)], x.type, shape);
}
