/** Normalizations. */
import { floatAttribute } from '../../onnx/make-node.ts';
import type { Builder } from './builder.ts';
import { channelsFirst } from './order.ts';
import type { Value } from './value.ts';

/** Over the last axis, with given statistics: `(x − mean) / √(variance + ε) · scale + offset`, all `[C]`. */
export function batchNorm(
  b: Builder,
  x: Value,
  {
    scale,
    offset,
    mean,
    variance,
  }: {
    readonly scale: Value;
    readonly offset: Value;
    readonly mean: Value;
    readonly variance: Value;
  },
  epsilon: number,
): Value {
  const order = x.rank > 2 ? channelsFirst(x.rank - 2) : undefined;
  const inputs = [b.hold(x, order), ...[scale, offset, mean, variance].map((part) => b.hold(part))];
  return b.emit('BatchNormalization', inputs, x.type, x.shape, {
    attributes: { epsilon: floatAttribute(epsilon) },
    order,
  });
}
