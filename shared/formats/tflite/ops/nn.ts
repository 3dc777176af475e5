/** Operators of TFLite that TensorFlow spells otherwise, or has not. */

import { clip, gelu } from '../../build/activation.ts';
import type { Builder } from '../../build/builder.ts';
import { convTranspose } from '../../build/conv-transpose.ts';
import { type Dim, isFixed } from '../../build/dims.ts';
import { arithmetic, broadcast, unary } from '../../build/elementwise.ts';
import { matmul } from '../../build/matmul.ts';
import { reduce } from '../../build/reduce.ts';
import { reshape } from '../../build/reshape.ts';
import { slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { depthwiseConv, type Window } from '../../build/window.ts';
import { boolAttribute, intsAttribute, stringAttribute } from '../../tf/attributes.ts';
import { input, many, one, type TfOpTable, two } from '../../tf/op.ts';
import type { TfNode } from '../../tf/tf-graph.ts';

/** Keeps the sum of squares away from zero. Source: l2normalization.h of TensorFlow Lite. */
const L2_EPSILON = 1e-6;

/** The kernel's sizes are those of the filters. */
function windowOf(node: TfNode, kernel: readonly number[]): Window {
  const padding = stringAttribute(node, 'padding', 'VALID') === 'SAME' ? 'SAME' : 'VALID';
  const inner = (name: string): readonly number[] =>
    intsAttribute(node, name)?.slice(1, -1) ?? kernel.map(() => 1);
  return { kernel, strides: inner('strides'), dilations: inner('dilations'), padding };
}

function fixedSizes(value: Value): readonly number[] {
  return value.sizes.map((size) => {
    if (isFixed(size)) return size;
    throw new Unconvertible('its weights have a free size');
  });
}

/** Filters `[1, h, w, channels · multiplier]`; a scale belongs to an output channel. */
function depthwise(b: Builder, [x, filters, bias]: readonly Value[], node: TfNode): Value {
  if (!x || !filters) throw new Unconvertible('it has no weights');
  const [, height = 0, width = 0, outputs = 0] = fixedSizes(filters);
  const channels = x.sizes[3];
  if (!isFixed(channels) || channels < 1 || outputs % channels !== 0)
    throw new Unconvertible(`${channels} channels do not fit filters for ${outputs}`);
  const shape = [height, width, channels, outputs / channels];
  const { content } = filters;
  const laid =
    content.kind === 'quantized'
      ? filters.reshaped(shape, content.scale, content.zeroPoint, 3)
      : reshape(b, filters, shape);
  return depthwiseConv(b, x, laid, windowOf(node, [height, width]), bias);
}

/** The last axis, or all but the first, times weights `[out, in]`. */
function fullyConnected(b: Builder, [x, weights, bias]: readonly Value[], node: TfNode): Value {
  if (!x || !weights) throw new Unconvertible('it has no weights');
  const [outputs = null, inputs = null] = weights.sizes;
  const isKept = boolAttribute(node, 'keep_num_dims') && x.rank > 2;
  const flat = isKept || (x.rank === 2 && x.sizes[1] === inputs) ? x : reshape(b, x, [-1, inputs]);
  if (flat.rank === 2) {
    const names = [b.hold(flat), b.hold(weights), ...(bias ? [b.hold(bias)] : [])];
    return b.emit('Gemm', names, x.type, [flat.sizes[0] ?? null, outputs], {
      attributes: { transB: 1 },
    });
  }
  const product = matmul(b, flat, weights, { transposeRight: true });
  return bias ? arithmetic(b, 'Add', product, bias) : product;
}

/** Filters `[h, w, out, in]`. */
function transposeConv(
  b: Builder,
  x: Value,
  filters: Value,
  bias: Value | undefined,
  node: TfNode,
  shape?: Value,
): Value {
  const kernel = fixedSizes(filters).slice(0, 2);
  const outputSizes = intsAttribute(node, 'sizes') ?? (shape && spatialSizes(b, shape));
  const window = { ...windowOf(node, kernel), ...(outputSizes && { outputSizes }) };
  return convTranspose(b, x, filters, window, bias);
}

/** Height and width of a shape. */
const spatialSizes = (b: Builder, shape: Value): readonly Dim[] | Value =>
  shape.known?.slice(1, 3) ?? slice(b, shape, [{ axis: 0, start: 1, end: 3, step: 1 }]);

function l2Normalize(b: Builder, x: Value): Value {
  const squares = reduce(b, 'ReduceSumSquare', x, [-1], true);
  const norm = unary(b, 'Sqrt', clip(b, squares, L2_EPSILON, undefined));
  return arithmetic(b, 'Div', x, norm);
}

/** x · relu6(x + 3) / 6, which ONNX has as one operator. */
const hardSwish = (b: Builder, x: Value): Value => unary(b, 'HardSwish', x);

export const TFLITE_NN: TfOpTable = {
  _TfliteDepthwiseConv: many(depthwise),
  _TfliteFullyConnected: many(fullyConnected),
  // The first input is the shape of the result.
  _TfliteTransposeConv: (inputs, { b, node }) =>
    transposeConv(b, input(inputs, 2), input(inputs, 1), inputs[3], node, input(inputs, 0)),
  _TfliteTransposeConvLike: (inputs, { b, node }) =>
    transposeConv(b, input(inputs, 0), input(inputs, 1), inputs[2], node),
  _TfliteL2Normalization: one(l2Normalize),
  _TfliteHardSwish: one(hardSwish),
  _TfliteReluN1To1: one((b, x) => clip(b, x, -1, 1)),
  _TfliteRelu0To1: one((b, x) => clip(b, x, 0, 1)),
  _TfliteGelu: one((b, x, node) => gelu(b, x, boolAttribute(node, 'approximate'))),
  // Slopes are broadcast from the last axis on.
  _TflitePrelu: two((b, x, slopes) => broadcast(b, 'PRelu', [x, slopes], x.type)),
};
