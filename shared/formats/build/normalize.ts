/** Normalizations. */
import { floatAttribute } from '../../onnx/make-node.ts';
import type { Builder } from './builder.ts';
import { cast } from './cast.ts';
import { upTo } from './dims.ts';
import { arithmetic, unary } from './elementwise.ts';
import { channelsFirst } from './order.ts';
import { reduce } from './reduce.ts';
import type { Value } from './value.ts';

/** What {@link batchNorm} normalizes with, all `[C]`. */
export interface Statistics {
  readonly scale: Value;
  readonly offset: Value;
  readonly mean: Value;
  readonly variance: Value;
}

/**
 * Over the last axis, with given statistics: `(x − mean) / √(variance + ε) · scale + offset`. Half floats with
 * statistics in float32 are computed in float32, as TensorFlow does.
 */
export function batchNorm(
  b: Builder,
  x: Value,
  { scale, offset, mean, variance }: Statistics,
  epsilon: number,
): Value {
  const order = x.rank > 2 ? channelsFirst(x.rank - 2) : undefined;
  const { type } = mean;
  const names = [b.hold(cast(b, x, type), order)];
  for (const part of [scale, offset, mean, variance]) names.push(b.hold(cast(b, part, type)));
  const made = b.emit('BatchNormalization', names, type, x.shape, {
    attributes: { epsilon: floatAttribute(epsilon) },
    order,
  });
  return cast(b, made, x.type);
}

/** The same with the mean and variance of the value itself, over all axes but the last. */
export function ownStatisticsNorm(
  b: Builder,
  x: Value,
  { scale, offset }: Pick<Statistics, 'scale' | 'offset'>,
  epsilon: number,
): { readonly y: Value; readonly mean: Value } {
  const wide = cast(b, x, scale.type);
  const axes = upTo(x.rank - 1);
  const mean = reduce(b, 'ReduceMean', wide, axes, true);
  const centered = arithmetic(b, 'Sub', wide, mean);
  const variance = reduce(b, 'ReduceMean', arithmetic(b, 'Mul', centered, centered), axes, true);
  const deviation = unary(b, 'Sqrt', arithmetic(b, 'Add', variance, b.scalar(epsilon, scale.type)));
  const normal = arithmetic(b, 'Div', centered, deviation);
  const scaled = arithmetic(b, 'Add', arithmetic(b, 'Mul', normal, scale), offset);
  return { y: cast(b, scaled, x.type), mean };
}

/** `x / (bias + α · Σ x²)^β` over the channels up to `radius` away, of `[N, H, W, C]`. */
export function localResponseNorm(
  b: Builder,
  x: Value,
  { radius, bias, alpha, beta }: { radius: number; bias: number; alpha: number; beta: number },
): Value {
  const order = channelsFirst(x.rank - 2);
  const size = 2 * radius + 1;
  return b.emit('LRN', [b.hold(x, order)], x.type, x.shape, {
    attributes: {
      size,
      // ONNX divides by the size.
      alpha: floatAttribute(alpha * size),
      beta: floatAttribute(beta),
      bias: floatAttribute(bias),
    },
    order,
  });
}
