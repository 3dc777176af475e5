/** Operation nodes of `keras.ops.nn`: activations, convolutions, pools, normalizations, attention. */

import { clip, elu, gelu, hardSigmoid, leakyRelu } from '../../build/activation.ts';
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { type Dim, isFixed, upTo } from '../../build/dims.ts';
import { arithmetic, broadcast, unary } from '../../build/elementwise.ts';
import { gather } from '../../build/join.ts';
import { matmul } from '../../build/matmul.ts';
import { batchNorm } from '../../build/normalize.ts';
import { alongAxis, reduce } from '../../build/reduce.ts';
import { reshape, transpose } from '../../build/reshape.ts';
import { depthToSpace, spaceToDepth } from '../../build/space.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import { Value } from '../../build/value.ts';
import { activateNamed, celu, glu, shrink, squareplus, threshold } from '../activation.ts';
import { withChannelsLast } from '../channels.ts';
import type { LayerTable } from '../layer.ts';
import { applyMask, causalMask, softmaxOver } from './attention-scores.ts';
import { CONVOLUTION_LAYERS } from './convolution.ts';
import { type Operation, type OperationCall, operations } from './operations-call.ts';
import { norm, orderOf } from './operations-reduce.ts';
import { POOLING_LAYERS } from './pooling.ts';
import { TRANSPOSED_CONVOLUTION_LAYERS } from './transposed-convolution.ts';

/** What Keras adds to a variance where nothing is said. */
const EPSILON = 1e-7;

const named =
  (name: string): Operation =>
  (call) =>
    activateNamed(call.b, name, call.float('x', 0), 3);

const bent =
  (work: (b: Builder, x: Value, call: OperationCall) => Value): Operation =>
  (call) =>
    work(call.b, call.float('x', 0), call);

/** A layer of the same meaning, whose variables are operands of the operation. */
function layerCall(
  { call }: Pick<OperationCall, 'call'>,
  table: LayerTable,
  name: (spatial: number) => string,
  operands: readonly string[],
): Value {
  const [x] = call.inputs;
  if (!x) throw new Unconvertible('it is called without an input');
  const layer = table[name(x.rank - 2)];
  if (!layer) throw new Unconvertible(`it has ${x.rank - 2} spatial axes`);
  const own = operands.map((operand) => {
    const value = call.keywords[operand];
    if (value instanceof Value) return value;
    throw new Unconvertible(`its ${operand} is no tensor`);
  });
  const none = { own: [], child: () => none };
  const made = layer({
    ...call,
    inputs: [x],
    config: { ...call.config, use_bias: false, activation: null },
    weights: { own, child: () => none },
  });
  const value = made instanceof Value ? made : made.outputs[0];
  if (!value) throw new Unconvertible('it gives nothing');
  return value;
}

/** Operands by place or name, as variables of a layer. */
const convolution =
  (table: LayerTable, name: (spatial: number) => string, operands: readonly string[]): Operation =>
  (call) => {
    const x = call.tensor('inputs', 0);
    const keywords = Object.fromEntries(
      operands.map((operand, at) => [operand, cast(call.b, call.tensor(operand, at + 1), x.type)]),
    );
    return layerCall({ call: { ...call.call, inputs: [x], keywords } }, table, name, operands);
  };

const pooling =
  (name: (spatial: number) => string): Operation =>
  (call) =>
    layerCall(
      { call: { ...call.call, inputs: [call.tensor('inputs', 0)] } },
      POOLING_LAYERS,
      name,
      [],
    );

/** `(x − mean) / √(variance + ε)` times a scale, plus an offset, all along one axis. */
function batchNormalization(call: OperationCall): Value {
  const { b } = call;
  const x = call.float('x', 0);
  const axis = call.number('axis');
  const front = axis < 0 ? axis + x.rank : axis;
  const channels = x.sizes[front];
  const own = (name: string, place: number, other: number): Value => {
    const given = call.maybe(name, place);
    if (given) return cast(b, given, x.type);
    if (!isFixed(channels)) throw new Unconvertible('the number of its channels is free');
    return b.numbers(
      upTo(channels).map(() => other),
      x.type,
    );
  };
  const mean = own('mean', 1, 0);
  const variance = own('variance', 2, 1);
  const offset = own('offset', 3, 0);
  const scale = own('scale', 4, 1);
  const epsilon = call.number('epsilon', 1e-3);
  const last = upTo(x.rank).filter((at) => at !== front);
  const moved = transpose(b, x, [...last, front]);
  const made = batchNorm(b, moved, { scale, offset, mean, variance }, epsilon);
  return transpose(
    b,
    made,
    upTo(x.rank).map((at) => (at === front ? x.rank - 1 : last.indexOf(at))),
  );
}

const times = (b: Builder, x: Value, y: Value | undefined): Value =>
  y ? arithmetic(b, 'Mul', x, cast(b, y, x.type)) : x;

/** 1 / √(mean + ε). */
function inverseRoot(b: Builder, mean: Value, epsilon: number): Value {
  const root = unary(b, 'Sqrt', arithmetic(b, 'Add', mean, b.scalar(epsilon, mean.type)));
  return unary(b, 'Reciprocal', root);
}

function rootMeanSquare(b: Builder, x: Value, axes: readonly number[], epsilon: number): Value {
  const mean = reduce(b, 'ReduceMean', arithmetic(b, 'Mul', x, x), axes, true);
  return arithmetic(b, 'Mul', x, inverseRoot(b, mean, epsilon));
}

/** A vector for some axes, as it broadcasts against the whole value. */
function alongAxes(
  b: Builder,
  part: Value | undefined,
  x: Value,
  axes: readonly number[],
): Value | undefined {
  if (!part || part.rank === 0) return part;
  const front = axes.map((axis) => (axis < 0 ? axis + x.rank : axis));
  return reshape(
    b,
    part,
    upTo(x.rank).map((axis): Dim => (front.includes(axis) ? (x.sizes[axis] ?? null) : 1)),
  );
}

function layerNormalization(call: OperationCall): Value {
  const { b } = call;
  const x = call.float('x', 0);
  const axes = call.maybeInts('axis') ?? [-1];
  const epsilon = call.number('epsilon', EPSILON);
  const mean = reduce(b, 'ReduceMean', x, axes, true);
  const centered = arithmetic(b, 'Sub', x, mean);
  const gamma = alongAxes(b, call.maybe('gamma', 1), x, axes);
  const beta = alongAxes(b, call.maybe('beta', 2), x, axes);
  if (call.flag('rms_scaling')) return times(b, rootMeanSquare(b, x, axes, epsilon), gamma);
  const normal = rootMeanSquare(b, centered, axes, epsilon);
  const scaled = times(b, normal, gamma);
  return beta ? arithmetic(b, 'Add', scaled, cast(b, beta, x.type)) : scaled;
}

/** x over its norm, of which it takes at least ε. */
function normalize(call: OperationCall): Value {
  const { b } = call;
  const x = call.float('x', 0);
  const epsilon = call.number('epsilon', EPSILON);
  const size = norm(b, x, orderOf(call, 'order') ?? 2, call.maybeInts('axis'), true);
  return arithmetic(b, 'Div', x, broadcast(b, 'Max', [size, b.scalar(epsilon, x.type)], x.type));
}

/** `[N, T, heads, depth]` against `[N, S, heads, depth]`. */
function dotProductAttention(call: OperationCall): Value {
  const { b } = call;
  const [query, key, value] = call.common(['query', 'key', 'value']);
  if (!query || !key || !value)
    throw new Unconvertible('it is called without a query, a key and a value');
  const depth = key.sizes[3];
  if (!isFixed(depth)) throw new Unconvertible('the depth of its keys is free');
  if (call.argument('attn_logits_soft_cap') !== undefined)
    throw new Unconvertible('its scores have a soft cap');
  const heads = (x: Value): Value => transpose(b, sharedHeads(b, x, query), [0, 2, 1, 3]);
  const scores = matmul(b, heads(query), heads(key), { transposeRight: true });
  const scale = call.number('scale', 1 / Math.sqrt(depth), 5);
  const scaled = arithmetic(b, 'Mul', scores, b.scalar(scale, scores.type));
  const bias = call.maybe('bias', 3);
  const biased = bias ? arithmetic(b, 'Add', scaled, cast(b, bias, scaled.type)) : scaled;
  const given = call.maybe('mask', 4);
  const masked = applyMask(b, biased, given && cast(b, given, 'bool'));
  const causal = call.flag('is_causal') ? causalMask(b, query, key) : undefined;
  const weights = softmaxOver(b, applyMask(b, masked, causal), [-1]);
  return transpose(b, matmul(b, weights, heads(value)), [0, 2, 1, 3]);
}

/** Heads of keys and values that serve several of the queries are repeated. */
function sharedHeads(b: Builder, x: Value, query: Value): Value {
  const [own, wanted] = [x.sizes[2], query.sizes[2]];
  if (!isFixed(own) || !isFixed(wanted) || own === wanted || own === 1) return x;
  const indices = upTo(wanted).map((head) => Math.floor((head * own) / wanted));
  return gather(b, x, b.numbers(indices, 'int64'), 2);
}

const blocks =
  (work: (b: Builder, x: Value, block: number) => Value): Operation =>
  (call) =>
    withChannelsLast(call.b, call.call.config, call.tensor('x', 0), (x) =>
      work(call.b, x, call.number('block_size')),
    );

const ACTIVATIONS: Readonly<Record<string, Operation>> = {
  Relu: (call) => unary(call.b, 'Relu', call.tensor('x', 0)),
  Relu6: (call) => clip(call.b, call.tensor('x', 0), 0, 6),
  Sigmoid: named('sigmoid'),
  SparseSigmoid: named('sparse_sigmoid'),
  Softplus: named('softplus'),
  Softsign: named('softsign'),
  SoftShrink: bent((b, x, call) =>
    shrink(b, x, call.number('threshold', 0.5), call.number('threshold', 0.5)),
  ),
  SparsePlus: named('sparse_plus'),
  Silu: named('silu'),
  Squareplus: bent((b, x, call) => squareplus(b, x, call.number('b', 4))),
  LogSigmoid: named('log_sigmoid'),
  LeakyRelu: bent((b, x, call) => leakyRelu(b, x, call.number('negative_slope', 0.2))),
  HardSigmoid: bent((b, x) => hardSigmoid(b, x, 1 / 6, 0.5)),
  HardSilu: named('hard_silu'),
  Elu: bent((b, x, call) => elu(b, x, call.number('alpha', 1))),
  Selu: named('selu'),
  Gelu: bent((b, x, call) => gelu(b, x, call.argument('approximate') !== false)),
  Celu: bent((b, x, call) => celu(b, x, call.number('alpha', 1))),
  Glu: bent((b, x, call) => glu(b, x, call.number('axis', -1))),
  TanhShrink: named('tanh_shrink'),
  HardTanh: named('hard_tanh'),
  HardShrink: bent((b, x, call) => shrink(b, x, call.number('threshold', 0.5), 0)),
  Threshold: bent((b, x, call) =>
    threshold(b, x, call.number('threshold'), call.number('default_value')),
  ),
  Softmax: bent((b, x, call) => softmaxOver(b, x, call.maybeInts('axis') ?? [-1])),
  LogSoftmax: bent((b, x, call) => {
    const axes = call.maybeInts('axis') ?? [-1];
    if (axes.length === 1) return alongAxis(b, 'LogSoftmax', x, axes[0]);
    return arithmetic(b, 'Sub', x, reduce(b, 'ReduceLogSumExp', x, axes, true));
  }),
  Sparsemax: bent((b, x, call) => {
    const axis = call.number('axis', -1);
    if (axis !== -1 && axis !== x.rank - 1) throw new Unconvertible(`sparsemax over axis ${axis}`);
    return activateNamed(b, 'sparsemax', x, 3);
  }),
};

export const OPERATIONS_NN: LayerTable = operations({
  ...ACTIVATIONS,
  Conv: convolution(CONVOLUTION_LAYERS, (n) => `Conv${n}D`, ['kernel']),
  DepthwiseConv: convolution(CONVOLUTION_LAYERS, (n) => `DepthwiseConv${n}D`, ['kernel']),
  SeparableConv: convolution(CONVOLUTION_LAYERS, (n) => `SeparableConv${n}D`, [
    'depthwise_kernel',
    'pointwise_kernel',
  ]),
  ConvTranspose: convolution(TRANSPOSED_CONVOLUTION_LAYERS, (n) => `Conv${n}DTranspose`, [
    'kernel',
  ]),
  MaxPool: pooling((n) => `MaxPooling${n}D`),
  AveragePool: pooling((n) => `AveragePooling${n}D`),
  AdaptiveMaxPool: pooling((n) => `AdaptiveMaxPooling${n}D`),
  AdaptiveAveragePool: pooling((n) => `AdaptiveAveragePooling${n}D`),
  BatchNorm: batchNormalization,
  LayerNorm: layerNormalization,
  RMSNorm: (call) => {
    const x = call.float('x', 0);
    const axes = call.maybeInts('axis') ?? [-1];
    const made = rootMeanSquare(call.b, x, axes, call.number('epsilon', EPSILON));
    return times(call.b, made, alongAxes(call.b, call.maybe('scale', 1), x, axes));
  },
  Normalize: normalize,
  DotProductAttention: dotProductAttention,
  DepthToSpace: blocks(depthToSpace),
  SpaceToDepth: blocks(spaceToDepth),
});
