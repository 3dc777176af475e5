/** Layers that are an activation function. */
import { floatAttribute } from '../../../onnx/make-node.ts';
import { clip, elu, leakyRelu } from '../../build/activation.ts';
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { frontAxes } from '../../build/dims.ts';
import { arithmetic, broadcast, comparison, unary } from '../../build/elementwise.ts';
import { alongAxis, reduce } from '../../build/reduce.ts';
import { unsqueeze } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { activateBy } from '../activation.ts';
import { axesOf, inputOf, numberOf, weightsOf } from '../config.ts';
import type { Layer, LayerTable } from '../layer.ts';

const activation: Layer = (call) => activateBy(call, inputOf(call));

/** x from the threshold on up to the maximum; below, a slope through the threshold. */
const relu: Layer = (call) => {
  const { b, config } = call;
  const x = inputOf(call);
  const slope = numberOf(config, 'negative_slope', 0);
  const threshold = numberOf(config, 'threshold', 0);
  const limit =
    config.max_value === null || config.max_value === undefined
      ? undefined
      : numberOf(config, 'max_value');
  if (threshold === 0) {
    if (slope === 0) return limit === undefined ? unary(b, 'Relu', x) : clip(b, x, 0, limit);
    const made = leakyRelu(b, x, slope);
    return limit === undefined ? made : clip(b, made, undefined, limit);
  }
  const bound = b.scalar(threshold, x.type);
  const below = arithmetic(b, 'Mul', arithmetic(b, 'Sub', x, bound), b.scalar(slope, x.type));
  const above = limit === undefined ? x : clip(b, x, undefined, limit);
  return broadcast(b, 'Where', [comparison(b, 'GreaterOrEqual', x, bound), above, below], x.type);
};

const leaky: Layer = (call) =>
  leakyRelu(
    call.b,
    inputOf(call),
    numberOf(call.config, 'negative_slope', numberOf(call.config, 'alpha', 0.3)),
  );

/** A learned slope for negative elements, one for each place along the axes that do not share it. */
const prelu: Layer = (call) => {
  const { b } = call;
  const x = inputOf(call);
  const [slope] = weightsOf(call, 1);
  if (slope?.rank !== x.rank - 1) throw new Unconvertible('its slopes have another rank');
  const wide = unsqueeze(b, slope, [0]);
  return broadcast(b, 'PRelu', [x, wide], x.type);
};

/** Keras adds a large negative number where the mask is off, and zeros the result there. */
const LARGE_NEGATIVE = -3e9;

const softmax: Layer = (call) => {
  const { b, config, masks } = call;
  const x = inputOf(call);
  const axes = frontAxes(axesOf(config, 'axis', -1), x.rank);
  const [mask] = masks;
  const flag = mask && cast(b, mask, 'bool');
  const kept = flag
    ? broadcast(b, 'Where', [flag, x, b.scalar(LARGE_NEGATIVE, x.type)], x.type)
    : x;
  const made = softmaxOver(b, kept, axes);
  return flag ? broadcast(b, 'Where', [flag, made, b.scalar(0, x.type)], x.type) : made;
};

function softmaxOver(b: Builder, x: Value, axes: readonly number[]): Value {
  const [only] = axes;
  if (axes.length === 1 && only !== undefined) return alongAxis(b, 'Softmax', x, only);
  const whole = reduce(b, 'ReduceLogSumExp', x, axes, true);
  return unary(b, 'Exp', arithmetic(b, 'Sub', x, whole));
}

export const ACTIVATION_LAYERS: LayerTable = {
  Activation: activation,
  ReLU: relu,
  LeakyReLU: leaky,
  PReLU: prelu,
  ELU: (call) => elu(call.b, inputOf(call), numberOf(call.config, 'alpha', 1)),
  Softmax: softmax,
  ThresholdedReLU: (call) =>
    unary(call.b, 'ThresholdedRelu', inputOf(call), {
      alpha: floatAttribute(numberOf(call.config, 'theta', 1)),
    }),
};
