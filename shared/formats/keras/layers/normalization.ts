/** Normalizations with statistics that were learned, or over axes of the value itself. */
import { floatAttribute } from '../../../onnx/make-node.ts';
import type { Builder } from '../../build/builder.ts';
import { type Dim, frontAxes, frontAxis, isFixed, upTo } from '../../build/dims.ts';
import { arithmetic, unary } from '../../build/elementwise.ts';
import { batchNorm } from '../../build/normalize.ts';
import { reduce } from '../../build/reduce.ts';
import { reshape, transpose } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { axesOf, fixedSize, flagOf, inputOf, numberOf, weightsOf } from '../config.ts';
import type { Layer, LayerCall, LayerTable } from '../layer.ts';
import { nameOfLayer } from './wrapping.ts';

const times = (b: Builder, x: Value, y: Value | undefined): Value =>
  y ? arithmetic(b, 'Mul', x, y) : x;

const plus = (b: Builder, x: Value, y: Value | undefined): Value =>
  y ? arithmetic(b, 'Add', x, y) : x;

/** A vector along one axis, or a tensor along some, so that it broadcasts against the value. */
function along(
  b: Builder,
  x: Value,
  weight: Value | undefined,
  axes: readonly number[],
): Value | undefined {
  if (!weight) return undefined;
  const shape = x.sizes.map((_, axis): Dim => (axes.includes(axis) ? (x.sizes[axis] ?? null) : 1));
  if (!shape.every(isFixed)) throw new Unconvertible('the axes that it scales have free sizes');
  return reshape(b, weight, shape);
}

/** The trainable scale and offset that the configuration says are there, and those behind them. */
function scaleAndOffset(
  call: LayerCall,
  more = 0,
): { scale: Value | undefined; offset: Value | undefined; rest: readonly Value[] } {
  const hasScale = flagOf(call.config, 'scale', true);
  const hasOffset = flagOf(call.config, 'center', true);
  const all = weightsOf(call, Number(hasScale) + Number(hasOffset) + more);
  return {
    scale: hasScale ? all[0] : undefined,
    offset: hasOffset ? all[hasScale ? 1 : 0] : undefined,
    rest: all.slice(Number(hasScale) + Number(hasOffset)),
  };
}

/** The value with one axis last, worked on, and put back; no node by itself. */
function withAxisLast(b: Builder, x: Value, axis: number, work: (x: Value) => Value): Value {
  if (axis === x.rank - 1) return work(x);
  const rest = upTo(x.rank).filter((item) => item !== axis);
  const made = work(transpose(b, x, [...rest, axis]));
  return transpose(
    b,
    made,
    upTo(x.rank).map((item) => (item === axis ? x.rank - 1 : rest.indexOf(item))),
  );
}

const batchNormalization: Layer = (call) => {
  const { b, config } = call;
  const x = inputOf(call);
  const [axis = -1, ...others] = axesOf(config, 'axis', -1);
  if (others.length > 0) throw new Unconvertible('it normalizes along several axes');
  const { scale, offset, rest } = scaleAndOffset(call, 2);
  const [mean, variance] = rest;
  if (!mean || !variance) throw new Unconvertible('it has no statistics');
  const front = frontAxis(axis, x.rank);
  const [size] = mean.sizes;
  if (!isFixed(size)) throw new Unconvertible('its statistics have a free size');
  const fill = (value: number): Value =>
    b.numbers(
      Array.from({ length: size }, () => value),
      mean.type,
    );
  return withAxisLast(b, x, front, (value) =>
    batchNorm(
      b,
      value,
      { scale: scale ?? fill(1), offset: offset ?? fill(0), mean, variance },
      numberOf(config, 'epsilon', 1e-3),
    ),
  );
};

/** (x − mean) / √(variance + ε) over axes. */
function standardized(b: Builder, x: Value, axes: readonly number[], epsilon: number): Value {
  const centered = arithmetic(b, 'Sub', x, reduce(b, 'ReduceMean', x, axes, true));
  const variance = reduce(b, 'ReduceMean', arithmetic(b, 'Mul', centered, centered), axes, true);
  const deviation = unary(b, 'Sqrt', arithmetic(b, 'Add', variance, b.scalar(epsilon, x.type)));
  return arithmetic(b, 'Div', centered, deviation);
}

const layerNormalization: Layer = (call) => {
  const { b, config } = call;
  const x = inputOf(call);
  const axes = frontAxes(axesOf(config, 'axis', -1), x.rank);
  const { scale, offset } = scaleAndOffset(call);
  const epsilon = numberOf(config, 'epsilon', 1e-3);
  if (flagOf(config, 'rms_scaling', false)) {
    // Keras divides by the deviation, the mean not taken away.
    const centered = arithmetic(b, 'Sub', x, reduce(b, 'ReduceMean', x, axes, true));
    const variance = reduce(b, 'ReduceMean', arithmetic(b, 'Mul', centered, centered), axes, true);
    const deviation = unary(b, 'Sqrt', arithmetic(b, 'Add', variance, b.scalar(epsilon, x.type)));
    return times(b, arithmetic(b, 'Div', x, deviation), along(b, x, scale, axes));
  }
  const isLast = axes.every((axis, index) => axis === x.rank - axes.length + index);
  const sizes = axes.map((axis) => x.sizes[axis]);
  if (!isLast || !sizes.every(isFixed)) {
    const made = standardized(b, x, axes, epsilon);
    return plus(b, times(b, made, along(b, x, scale, axes)), along(b, x, offset, axes));
  }
  const count = sizes.reduce((product, size) => product * size, 1);
  const ones = Array.from({ length: count }, () => 1);
  const factor = scale ?? b.numbers(ones, x.type, sizes);
  return b.emit(
    'LayerNormalization',
    [b.hold(x), b.hold(factor), ...(offset ? [b.hold(offset)] : [])],
    x.type,
    x.shape,
    { attributes: { axis: -axes.length, epsilon: floatAttribute(epsilon) } },
  );
};

const rmsNormalization: Layer = (call) => {
  const { b, config } = call;
  const x = inputOf(call);
  const axes = frontAxes(axesOf(config, 'axis', -1), x.rank);
  const [scale] = weightsOf(call, 1);
  const mean = reduce(b, 'ReduceMean', arithmetic(b, 'Mul', x, x), axes, true);
  const root = unary(
    b,
    'Sqrt',
    arithmetic(b, 'Add', mean, b.scalar(numberOf(config, 'epsilon', 1e-6), x.type)),
  );
  return times(b, arithmetic(b, 'Div', x, root), along(b, x, scale, axes));
};

const groupNormalization: Layer = (call) => {
  const { b, config } = call;
  const x = inputOf(call);
  const [axis = -1] = axesOf(config, 'axis', -1);
  const front = frontAxis(axis, x.rank);
  const channels = fixedSize(x, front);
  const wanted = numberOf(config, 'groups', 32);
  const groups = wanted === -1 ? channels : wanted;
  if (groups < 1 || channels % groups !== 0)
    throw new Unconvertible(`${channels} channels do not fit ${groups} groups`);
  const { scale, offset } = scaleAndOffset(call);
  const epsilon = numberOf(config, 'epsilon', 1e-3);
  return withAxisLast(b, x, front, (value) => {
    // [N, spatial …, groups, channels / groups]; each group of each sample by itself.
    const shape = [...value.sizes.slice(0, -1), groups, channels / groups];
    const split = reshape(b, value, shape);
    const gone = upTo(split.rank).filter((item) => item !== 0 && item !== split.rank - 2);
    const made = reshape(b, standardized(b, split, gone, epsilon), value.sizes);
    return plus(b, times(b, made, scale), offset);
  });
};

const unitNormalization: Layer = (call) => {
  const { b, config } = call;
  const x = inputOf(call);
  const axes = frontAxes(axesOf(config, 'axis', -1), x.rank);
  const square = reduce(b, 'ReduceSum', arithmetic(b, 'Mul', x, x), axes, true);
  // Keras bounds the length from below.
  const bounded = arithmetic(b, 'Max', square, b.scalar(1e-24, x.type));
  return arithmetic(b, 'Div', x, unary(b, 'Sqrt', bounded));
};

/** Outside of training the kernel is used as it is: it was divided when it was trained. */
const spectralNormalization: Layer = (call) =>
  call.apply(
    call.config.layer,
    call.inputs,
    call.weights.child('layer', nameOfLayer(call.config.layer)),
    {
      masks: call.masks,
    },
  );

export const NORMALIZATION_LAYERS: LayerTable = {
  BatchNormalization: batchNormalization,
  SyncBatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  GroupNormalization: groupNormalization,
  UnitNormalization: unitNormalization,
  SpectralNormalization: spectralNormalization,
};
