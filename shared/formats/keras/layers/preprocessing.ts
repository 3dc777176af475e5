/** Layers in front of a model that scale numbers, and those that only change images while training. */

import { clip } from '../../build/activation.ts';
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { frontAxes, isFixed, upTo } from '../../build/dims.ts';
import { arithmetic, broadcast, unary } from '../../build/elementwise.ts';
import { reduce } from '../../build/reduce.ts';
import { reshape } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { flagOf, inputOf, isList, isObject } from '../config.ts';
import type { Json, JsonObject, Layer, LayerCall, LayerTable } from '../layer.ts';
import { operandOf } from './operations-call.ts';

/** What Keras divides by at least. */
const EPSILON = 1e-7;

const asFloat = (b: Builder, x: Value): Value =>
  x.type.includes('float') ? x : cast(b, x, 'float32');

/** Numbers of a configuration: one, a list, or an array in serialized form. */
function constant(b: Builder, value: Json | undefined, type: Value['type'], name: string): Value {
  if (value === undefined || value === null)
    throw new Unconvertible(`the file does not hold its ${name}`);
  const plain = isObject(value) && isObject(value.config) ? (value.config.value ?? value) : value;
  return cast(b, operandOf(b, plain, name).value, type);
}

function rescaling(call: LayerCall): Value {
  const { b, config } = call;
  const x = asFloat(b, inputOf(call));
  const scaled = arithmetic(b, 'Mul', x, constant(b, config.scale, x.type, 'scale'));
  const offset = constant(b, config.offset ?? 0, x.type, 'offset');
  return offset.numbers?.every((value) => value === 0)
    ? scaled
    : arithmetic(b, 'Add', scaled, offset);
}

/** Mean and variance with a size for each kept axis, from the configuration or the file. */
function statistics(call: LayerCall, x: Value): readonly [Value, Value] {
  const { b, config, weights } = call;
  const axes =
    config.axis === null || config.axis === undefined
      ? []
      : isList(config.axis)
        ? config.axis
        : [config.axis];
  const kept = frontAxes(axes.map(Number), x.rank);
  const shape = upTo(x.rank).map((axis) => (kept.includes(axis) ? (x.sizes[axis] ?? null) : 1));
  const given = config.mean !== null && config.mean !== undefined;
  const [mean, variance] = given
    ? [constant(b, config.mean, x.type, 'mean'), constant(b, config.variance, x.type, 'variance')]
    : weights.own;
  if (!mean || !variance)
    throw new Unconvertible(
      'it was not adapted to data: the file holds no mean',
      'Call adapt() before saving.',
    );
  return [spread(b, mean, shape), spread(b, variance, shape)];
}

function spread(b: Builder, value: Value, shape: readonly (number | string | null)[]): Value {
  const count = value.sizes.reduce<number>(
    (product, size) => product * (isFixed(size) ? size : 0),
    1,
  );
  const fits = shape.every(isFixed) && shape.reduce<number>((p, s) => p * Number(s), 1) === count;
  return count === 1
    ? reshape(
        b,
        value,
        shape.map(() => 1),
      )
    : fits
      ? reshape(b, value, shape)
      : value;
}

function normalization(call: LayerCall): Value {
  const { b, config } = call;
  const x = asFloat(b, inputOf(call));
  const [mean, variance] = statistics(call, x);
  const floor = b.scalar(EPSILON, x.type);
  const deviation = broadcast(b, 'Max', [unary(b, 'Sqrt', variance), floor], x.type);
  if (flagOf(config, 'invert', false))
    return arithmetic(b, 'Add', mean, arithmetic(b, 'Mul', x, deviation));
  return arithmetic(b, 'Div', arithmetic(b, 'Sub', x, mean), deviation);
}

/** Outside of training they give what they get, as floats. */
const onlyInTraining: Layer = (call) => asFloat(call.b, inputOf(call));

/** Lowest and highest value of the images, in the configuration. */
function rangeOf({ value_range: range }: JsonObject): readonly [number, number] {
  const [low, high] = isList(range) ? range : [0, 255];
  if (typeof low === 'number' && typeof high === 'number' && low !== high) return [low, high];
  throw new Unconvertible('its "value_range" is no pair of numbers');
}

/** From one range of values to another. */
function mapRange(
  b: Builder,
  x: Value,
  from: readonly [number, number],
  to: readonly [number, number],
): Value {
  if (from[0] === to[0] && from[1] === to[1]) return x;
  const scale = (to[1] - to[0]) / (from[1] - from[0]);
  const scaled = arithmetic(
    b,
    'Mul',
    arithmetic(b, 'Sub', x, b.scalar(from[0], x.type)),
    b.scalar(scale, x.type),
  );
  return arithmetic(b, 'Add', scaled, b.scalar(to[0], x.type));
}

/** Every channel stretched to the whole range; one that is the same everywhere is left as it is. */
function autoContrast(call: LayerCall): Value {
  const { b, config } = call;
  const x = asFloat(b, inputOf(call));
  const range = rangeOf(config);
  const image = mapRange(b, x, range, [0, 255]);
  const low = reduce(b, 'ReduceMin', image, [1, 2], true);
  const span = arithmetic(b, 'Sub', reduce(b, 'ReduceMax', image, [1, 2], true), low);
  const scale = arithmetic(b, 'Div', b.scalar(255, x.type), span);
  const offset = arithmetic(b, 'Mul', unary(b, 'Neg', low), scale);
  const moved = arithmetic(b, 'Add', arithmetic(b, 'Mul', image, scale), offset);
  const made = mapRange(b, clip(b, moved, 0, 255), [0, 255], range);
  const isFlat = broadcast(b, 'Equal', [span, b.scalar(0, x.type)], 'bool');
  return broadcast(b, 'Where', [isFlat, x, made], x.type);
}

const TRAINING_ONLY = [
  'RandomBrightness',
  'RandomColorDegeneration',
  'RandomColorJitter',
  'RandomContrast',
  'RandomElasticTransform',
  'RandomErasing',
  'RandomFlip',
  'RandomGaussianBlur',
  'RandomGrayscale',
  'RandomHeight',
  'RandomHue',
  'RandomInvert',
  'RandomPerspective',
  'RandomPosterization',
  'RandomRotation',
  'RandomSaturation',
  'RandomSharpness',
  'RandomShear',
  'RandomTranslation',
  'RandomWidth',
  'RandomZoom',
  'AugMix',
  'CutMix',
  'MixUp',
  'RandAugment',
  'Solarization',
] as const;

export const PREPROCESSING: LayerTable = {
  Rescaling: rescaling,
  Normalization: normalization,
  AutoContrast: autoContrast,
  ...Object.fromEntries(TRAINING_ONLY.map((name) => [name, onlyInTraining])),
};
