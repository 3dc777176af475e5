/** Matrix products. */
import type { Builder } from './builder.ts';
import { cast } from './cast.ts';
import { broadcastShapes } from './dims.ts';
import { kernelType } from './kernel-type.ts';
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
  const carried = kernelType('MatMul', x.type, b.opset);
  const inputs = [x, y].map((side) => b.hold(cast(b, side, carried)));
  return cast(b, b.emit('MatMul', inputs, carried, shape), x.type);
}
