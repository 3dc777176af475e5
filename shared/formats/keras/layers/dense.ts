/** Matrix products with learned weights, and tables of vectors. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { arithmetic, broadcast } from '../../build/elementwise.ts';
import { gather } from '../../build/join.ts';
import { matmul } from '../../build/matmul.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { activateBy } from '../activation.ts';
import { flagOf, inputOf, numberOf, weightsOf } from '../config.ts';
import type { Layer, LayerTable } from '../layer.ts';
import { quantizationOf, quantizedDense, quantizedTable } from './quantized.ts';

/** `x · kernel + bias` over the last axis. */
export function affine(b: Builder, x: Value, kernel: Value, bias: Value | undefined): Value {
  const input = x.type.includes('float') ? x : cast(b, x, kernel.type);
  if (input.rank === 2 && bias) {
    const shape = [input.sizes[0] ?? null, kernel.sizes[1] ?? null];
    return b.emit('Gemm', [b.hold(input), b.hold(kernel), b.hold(bias)], kernel.type, shape);
  }
  const product = matmul(b, input, kernel);
  return bias ? arithmetic(b, 'Add', product, bias) : product;
}

const dense: Layer = (call) => {
  const hasBias = flagOf(call.config, 'use_bias', true);
  if (quantizationOf(call)) return quantizedDense(call, inputOf(call), hasBias);
  const [kernel, bias] = weightsOf(call, hasBias ? 2 : 1);
  if (kernel?.rank !== 2) throw new Unconvertible('its kernel is no matrix');
  return activateBy(call, affine(call.b, inputOf(call), kernel, bias));
};

const embedding: Layer = (call) => {
  const { b, config } = call;
  const [stored] = weightsOf(call, 1);
  const table = quantizationOf(call)
    ? quantizedTable(call, numberOf(config, 'output_dim'))
    : stored;
  if (!table) throw new Unconvertible('it has no table');
  const ids = inputOf(call);
  const indices = ids.type === 'int64' ? ids : cast(b, ids, 'int32');
  const value = gather(b, table, indices);
  if (!flagOf(config, 'mask_zero', false)) return { outputs: [value], mask: undefined };
  const zero = b.scalar(0, indices.type);
  const isZero = broadcast(b, 'Equal', [indices, zero], 'bool');
  const mask = b.emit('Not', [b.holdAsIs(isZero)], 'bool', isZero.shape, { order: isZero.order });
  return { outputs: [value], mask };
};

export const DENSE_LAYERS: LayerTable = { Dense: dense, Embedding: embedding };
