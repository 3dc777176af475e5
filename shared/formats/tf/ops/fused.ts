/** Products with what follows them in one node: grappler and the TensorFlow.js converter write them. */
import { clip, elu, gelu, leakyRelu } from '../../build/activation.ts';
import type { Builder } from '../../build/builder.ts';
import { arithmetic, broadcast, unary } from '../../build/elementwise.ts';
import { matmul } from '../../build/matmul.ts';
import { batchNorm } from '../../build/normalize.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute, floatAttribute, stringsAttribute } from '../attributes.ts';
import { type DataFormat, dataFormat } from '../data-format.ts';
import { input, many, type TfOp, type TfOpTable, two } from '../op.ts';
import type { TfNode } from '../tf-graph.ts';
import { convolution, depthwise } from './convolution.ts';

/** Slopes by channel, broadcast from behind. */
export function prelu(b: Builder, x: Value, slopes: Value): Value {
  return broadcast(b, 'PRelu', [x, slopes], x.type);
}

type Follower = (b: Builder, y: Value, node: TfNode) => Value;

const FOLLOWERS: Readonly<Record<string, Follower>> = {
  Relu: (b, y) => unary(b, 'Relu', y),
  Relu6: (b, y) => clip(b, y, 0, 6),
  Elu: (b, y) => elu(b, y, 1),
  LeakyRelu: (b, y, node) => leakyRelu(b, y, floatAttribute(node, 'leakyrelu_alpha', 0.2)),
  Sigmoid: (b, y) => unary(b, 'Sigmoid', y),
  Tanh: (b, y) => unary(b, 'Tanh', y),
  GeluApproximate: (b, y) => gelu(b, y, true),
  GeluExact: (b, y) => gelu(b, y, false),
};

/**
 * `product`, then `fused_ops` in order. Inputs from `first` on are their arguments: a bias, the four of a
 * normalization, slopes. Both work on channels-last values; `product` adds a bias itself.
 */
function followed(
  b: Builder,
  inputs: readonly Value[],
  first: number,
  node: TfNode,
  format: Pick<DataFormat, 'toLast' | 'fromLast'>,
  product: (bias: Value | undefined) => Value,
): Value {
  const rest = inputs.slice(first);
  const next = (): Value =>
    input(
      [rest.shift()].filter((value) => value !== undefined),
      0,
    );
  const ops = [...stringsAttribute(node, 'fused_ops')];
  const bias = ops[0] === 'BiasAdd' ? next() : undefined;
  if (bias) ops.shift();
  // A bias of one element is broadcast; the operator wants one for each channel.
  const isVector = bias?.shape?.length === 1 && bias.shape[0] !== 1;
  let y = format.toLast(product(isVector ? bias : undefined));
  if (bias && !isVector) y = arithmetic(b, 'Add', y, bias);
  for (const op of ops) {
    if (op === 'BiasAdd') y = arithmetic(b, 'Add', y, next());
    else if (op === 'Prelu') y = prelu(b, y, next());
    else if (op === 'FusedBatchNorm')
      y = batchNorm(
        b,
        y,
        { scale: next(), offset: next(), mean: next(), variance: next() },
        floatAttribute(node, 'epsilon', 1e-4),
      );
    else {
      const follower = Object.hasOwn(FOLLOWERS, op) ? FOLLOWERS[op] : undefined;
      if (!follower) throw new Unconvertible(`its fused op ${op} is not known`);
      y = follower(b, y, node);
    }
  }
  return format.fromLast(y);
}

const fusedConvolution = (
  product: (b: Builder, x: Value, filters: Value, node: TfNode, bias?: Value) => Value,
): TfOp =>
  many((b, inputs, node) => {
    const [x, filters] = [input(inputs, 0), input(inputs, 1)];
    return followed(b, inputs, 2, node, dataFormat(b, node, 2), (bias) =>
      product(b, x, filters, node, bias),
    );
  });

const fusedMatmul = (left: string, right: string): TfOp =>
  many((b, inputs, node) => {
    const same = { toLast: (x: Value) => x, fromLast: (x: Value) => x };
    return followed(b, inputs, 2, node, same, (bias) => {
      const y = matmul(b, input(inputs, 0), input(inputs, 1), {
        transposeLeft: boolAttribute(node, left),
        transposeRight: boolAttribute(node, right),
      });
      return bias ? arithmetic(b, 'Add', y, bias) : y;
    });
  });

/** The bias goes along the channels, wherever those are. */
const biasAdd = two((b, x, bias, node) => {
  const format = dataFormat(b, node, Math.max(0, x.rank - 2));
  return format.fromLast(arithmetic(b, 'Add', format.toLast(x), bias));
});

export const FUSED: TfOpTable = {
  _FusedConv2D: fusedConvolution((b, x, filters, node, bias) =>
    convolution(b, x, filters, node, 2, bias),
  ),
  FusedDepthwiseConv2dNative: fusedConvolution(depthwise),
  _FusedDepthwiseConv2dNative: fusedConvolution(depthwise),
  _FusedMatMul: fusedMatmul('transpose_a', 'transpose_b'),
  _FusedBatchMatMul: fusedMatmul('adj_x', 'adj_y'),
  _FusedBatchMatMulV2: fusedMatmul('adj_x', 'adj_y'),
  BiasAdd: biasAdd,
  BiasAddV1: two((b, x, bias) => arithmetic(b, 'Add', x, bias)),
  Prelu: two(prelu),
};
