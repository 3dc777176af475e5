/** Normalizations, by moments of the batch or of the sample, or by moments that are given. */
import { floatOf, intOf } from '../../../onnx/attributes.ts';
import type { Shape } from '../../emitter.ts';
import { countOf } from '../../emitter.ts';
import type { Backward } from '../backward.ts';
import {
  fromFront,
  type GradientRule,
  gradientOf,
  inputOf,
  NoGradient,
  type RuleInput,
  shapeOfInput,
} from '../rule.ts';

const mul = (back: Backward, a: string, b: string, shape: Shape): string =>
  back.emit('Mul', [a, b], shape);
const sub = (back: Backward, a: string, b: string, shape: Shape): string =>
  back.emit('Sub', [a, b], shape);

/** Over `axes`, which stay with size 1. */
function mean(back: Backward, value: string, axes: readonly number[]): string {
  const shape = back.shapeOf(value);
  const count = countOf(axes.map((axis) => shape[axis] ?? 1));
  const sum = back.sum(value, axes);
  return mul(back, sum, back.scalar(1 / count), back.shapeOf(sum));
}

/** 1 / √(variance + ε) */
function inverseDeviation(back: Backward, variance: string, epsilon: number): string {
  const shape = back.shapeOf(variance);
  const sum = back.emit('Add', [variance, back.scalar(epsilon)], shape);
  return back.emit('Reciprocal', [back.emit('Sqrt', [sum], shape)], shape);
}

interface Moments {
  /** (x − μ) / σ */
  readonly normal: string;
  /** 1 / σ, with axes of size 1. */
  readonly inverse: string;
}

/** Of x itself, over `axes`; `isCentred`: less its mean. */
function momentsOf(
  back: Backward,
  x: string,
  axes: readonly number[],
  epsilon: number,
  isCentred = true,
): Moments {
  const shape = back.shapeOf(x);
  const centred = isCentred ? sub(back, x, mean(back, x, axes), shape) : x;
  const variance = mean(back, mul(back, centred, centred, shape), axes);
  const inverse = inverseDeviation(back, variance, epsilon);
  return { normal: mul(back, centred, inverse, shape), inverse };
}

/** What flows back through x → (x − μ(x)) / σ(x): (g − mean g − n mean(g n)) / σ, n being the result. */
function throughMoments(
  back: Backward,
  gradient: string,
  { normal, inverse }: Moments,
  axes: readonly number[],
  isCentred = true,
): string {
  const shape = back.shapeOf(gradient);
  const along = mul(back, normal, mean(back, mul(back, gradient, normal, shape), axes), shape);
  const rest = sub(back, gradient, along, shape);
  const centred = isCentred ? sub(back, rest, mean(back, gradient, axes), shape) : rest;
  return mul(back, centred, inverse, shape);
}

/** All axes but the batch and the channels. */
const spatialAxes = (shape: Shape): number[] => shape.slice(2).map((_, axis) => axis + 2);

/** A value a channel, to be broadcast over [N, C, …]. */
const perChannel = (back: Backward, value: string, rank: number): string =>
  back.reshape(value, [back.shapeOf(value)[0] ?? 1, ...Array(Math.max(0, rank - 2)).fill(1)]);

/** Gradients of scale and bias of which there is one a channel. */
function ofChannels(
  { back }: RuleInput,
  gradient: string,
  normal: string,
): { readonly scale: () => string; readonly bias: () => string } {
  const shape = back.shapeOf(gradient);
  const axes = [0, ...spatialAxes(shape)];
  const channels = [shape[1] ?? 1];
  return {
    scale: () => back.reshape(back.sum(mul(back, gradient, normal, shape), axes), channels),
    bias: () => back.reshape(back.sum(gradient, axes), channels),
  };
}

/** In training mode by the moments of the batch, else by those that it was given, which stay. */
const batchNormalization: GradientRule = (input) => {
  const { back, node, needs } = input;
  const x = inputOf(input, 0);
  const shape = shapeOfInput(input, 0);
  const gradient = gradientOf(input);
  const epsilon = floatOf(node, 'epsilon', 1e-5);
  const isTraining = intOf(node, 'training_mode', 0) === 1;
  if (!isTraining && (needs(3) || needs(4)))
    throw new NoGradient('BatchNormalization by its mean or variance');
  const axes = [0, ...spatialAxes(shape)];
  const given = (): Moments => {
    const inverse = inverseDeviation(
      back,
      perChannel(back, inputOf(input, 4), shape.length),
      epsilon,
    );
    const centred = sub(back, x, perChannel(back, inputOf(input, 3), shape.length), shape);
    return { normal: mul(back, centred, inverse, shape), inverse };
  };
  const moments = isTraining ? momentsOf(back, x, axes, epsilon) : given();
  const channels = ofChannels(input, gradient, moments.normal);
  const scaled = (): string =>
    mul(back, gradient, perChannel(back, inputOf(input, 1), shape.length), shape);
  const ofInput = (): string =>
    isTraining
      ? throughMoments(back, scaled(), moments, axes)
      : mul(back, scaled(), moments.inverse, shape);
  return [
    needs(0) ? ofInput() : undefined,
    needs(1) ? channels.scale() : undefined,
    needs(2) ? channels.bias() : undefined,
  ];
};

const instanceNormalization: GradientRule = (input) => {
  const { back, node, needs } = input;
  const shape = shapeOfInput(input, 0);
  const gradient = gradientOf(input);
  const axes = spatialAxes(shape);
  const moments = momentsOf(back, inputOf(input, 0), axes, floatOf(node, 'epsilon', 1e-5));
  const channels = ofChannels(input, gradient, moments.normal);
  const scaled = (): string =>
    mul(back, gradient, perChannel(back, inputOf(input, 1), shape.length), shape);
  return [
    needs(0) ? throughMoments(back, scaled(), moments, axes) : undefined,
    needs(1) ? channels.scale() : undefined,
    needs(2) ? channels.bias() : undefined,
  ];
};

/** Over all axes from `axis` on; scale and bias have their shape, or one that broadcasts to it. */
const layerNormalization =
  (isCentred: boolean): GradientRule =>
  (input) => {
    const { back, node, needs } = input;
    const shape = shapeOfInput(input, 0);
    const gradient = gradientOf(input);
    const first = fromFront(intOf(node, 'axis', -1), shape.length);
    const axes = shape.flatMap((_, axis) => (axis >= first ? [axis] : []));
    const epsilon = floatOf(node, 'epsilon', 1e-5);
    const moments = momentsOf(back, inputOf(input, 0), axes, epsilon, isCentred);
    const scaled = (): string => mul(back, gradient, inputOf(input, 1), shape);
    const weighted = (): string => mul(back, gradient, moments.normal, shape);
    return [
      needs(0) ? throughMoments(back, scaled(), moments, axes, isCentred) : undefined,
      needs(1) ? back.unbroadcast(weighted(), shapeOfInput(input, 1)) : undefined,
      node.inputs[2] && needs(2) ? back.unbroadcast(gradient, shapeOfInput(input, 2)) : undefined,
    ];
  };

/** Channels in groups, each with its moments; scale and bias a channel (opset 21) or a group (18). */
const groupNormalization: GradientRule = (input) => {
  const { back, node, needs } = input;
  const shape = shapeOfInput(input, 0);
  const [batch = 1, channels = 1, ...sizes] = shape;
  const groups = intOf(node, 'num_groups', 1);
  const grouped = [batch, groups, countOf(shape) / batch / groups];
  const gradient = gradientOf(input);
  const epsilon = floatOf(node, 'epsilon', 1e-5);
  const moments = momentsOf(back, back.reshape(inputOf(input, 0), grouped), [2], epsilon);
  const [count = 1] = shapeOfInput(input, 1);
  const spread = [1, count, 1];
  const each = [batch, count, countOf(shape) / batch / count];
  const scaled = (): string =>
    back.reshape(
      mul(back, back.reshape(gradient, each), back.reshape(inputOf(input, 1), spread), each),
      grouped,
    );
  const normal = (): string => back.reshape(moments.normal, each);
  const summed = (value: string): string => back.reshape(back.sum(value, [0, 2]), [count]);
  const whole = [batch, channels, ...sizes];
  return [
    needs(0) ? back.reshape(throughMoments(back, scaled(), moments, [2]), whole) : undefined,
    needs(1) ? summed(mul(back, back.reshape(gradient, each), normal(), each)) : undefined,
    needs(2) ? summed(back.reshape(gradient, each)) : undefined,
  ];
};

/** x / ‖x‖ along an axis: (g − y Σ(g y)) / ‖x‖ for p = 2. */
const lpNormalization: GradientRule = (input) => {
  const { back, node } = input;
  if (intOf(node, 'p', 2) !== 2) throw new NoGradient('LpNormalization with p = 1');
  const shape = shapeOfInput(input, 0);
  const axis = fromFront(intOf(node, 'axis', -1), shape.length);
  const [x, y, gradient] = [inputOf(input, 0), node.outputs[0] ?? '', gradientOf(input)];
  const along = mul(back, y, back.sum(mul(back, gradient, y, shape), [axis]), shape);
  const square = back.sum(mul(back, x, x, shape), [axis]);
  const norm = back.emit('Sqrt', [square], back.shapeOf(square));
  return [back.emit('Div', [sub(back, gradient, along, shape), norm], shape)];
};

/** By op type; of other domains than ai.onnx with the domain before a colon. */
export const NORMALIZATIONS: Readonly<Record<string, GradientRule>> = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization(true),
  RMSNormalization: layerNormalization(false),
  'com.microsoft:SimplifiedLayerNormalization': layerNormalization(false),
  GroupNormalization: groupNormalization,
  LpNormalization: lpNormalization,
};
