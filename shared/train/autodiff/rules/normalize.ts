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
import { mapAlong } from './along-axis.ts';
import { minus, times } from './arithmetic.ts';

/** Over `axes`, which stay with size 1. */
function mean(back: Backward, value: string, axes: readonly number[]): string {
  const shape = back.shapeOf(value);
  const count = countOf(axes.map((axis) => shape[axis] ?? 1));
  const sum = back.sum(value, axes);
  return times(back, sum, back.scalar(1 / count));
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
  const centred = isCentred ? minus(back, x, mean(back, x, axes)) : x;
  const variance = mean(back, times(back, centred, centred), axes);
  const inverse = inverseDeviation(back, variance, epsilon);
  return { normal: times(back, centred, inverse), inverse };
}

/** What flows back through x → (x − μ(x)) / σ(x): (g − mean g − n mean(g n)) / σ, n being the result. */
function throughMoments(
  back: Backward,
  gradient: string,
  { normal, inverse }: Moments,
  axes: readonly number[],
  isCentred = true,
): string {
  const along = times(back, normal, mean(back, times(back, gradient, normal), axes));
  const rest = minus(back, gradient, along);
  const centred = isCentred ? minus(back, rest, mean(back, gradient, axes)) : rest;
  return times(back, centred, inverse);
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
    scale: () => back.reshape(back.sum(times(back, gradient, normal), axes), channels),
    bias: () => back.reshape(back.sum(gradient, axes), channels),
  };
}

/** In training mode by the moments of the batch, else by those that it was given, which stay. */
const batchNormalization: GradientRule = (input) => {
  const { back, node, needs } = input;
  if (intOf(node, 'training_mode', 0) === 1) return trainingNormalization(input);
  if (needs(3) || needs(4)) throw new NoGradient('BatchNormalization by its mean or variance');
  const shape = shapeOfInput(input, 0);
  const gradient = gradientOf(input);
  const { normal, inverse } = givenMoments(input, inputOf(input, 3), inputOf(input, 4));
  const channels = ofChannels(input, gradient, normal);
  const scaled = (): string =>
    times(back, gradient, perChannel(back, inputOf(input, 1), shape.length));
  return [
    needs(0) ? times(back, scaled(), inverse) : undefined,
    needs(1) ? channels.scale() : undefined,
    needs(2) ? channels.bias() : undefined,
  ];
};

/** By a mean and a variance of each channel. */
function givenMoments(input: RuleInput, mean: string, variance: string): Moments {
  const { back, node } = input;
  const shape = shapeOfInput(input, 0);
  const spread = perChannel(back, variance, shape.length);
  const inverse = inverseDeviation(back, spread, floatOf(node, 'epsilon', 1e-5));
  const means = perChannel(back, mean, shape.length);
  const centred = minus(back, inputOf(input, 0), means);
  return { normal: times(back, centred, inverse), inverse };
}

/**
 * With n = (x − μ) / σ over m elements a channel: dβ = Σ g, dγ = Σ g n, dx = γ / σ (g − (n dγ + dβ) / m). Few passes over
 * the values count: they are most of the time of a norm.
 */
const trainingNormalization: GradientRule = (input) => {
  const { back, node, needs } = input;
  const shape = shapeOfInput(input, 0);
  const gradient = gradientOf(input);
  const axes = [0, ...spatialAxes(shape)];
  const [mean = '', variance = ''] = node.outputs.slice(1);
  // Averages that keep nothing of what was before are the moments of the batch themselves.
  const areOwn = mean !== '' && variance !== '' && floatOf(node, 'momentum', 0.9) === 0;
  const { normal, inverse } = areOwn
    ? givenMoments(input, mean, variance)
    : momentsOf(back, inputOf(input, 0), axes, floatOf(node, 'epsilon', 1e-5));
  const along = back.sum(times(back, gradient, normal), axes);
  const total = back.sum(gradient, axes);
  const channels = [shape[1] ?? 1];
  const ofInput = (): string => {
    const share = back.scalar((shape[1] ?? 1) / countOf(shape));
    const [ofAlong, ofTotal] = [along, total].map((sum) => times(back, sum, share));
    const pulled = times(back, normal, ofAlong ?? '');
    const level = back.emit('Add', [pulled, ofTotal ?? ''], shape);
    const scale = perChannel(back, inputOf(input, 1), shape.length);
    const factor = times(back, inverse, scale);
    return times(back, minus(back, gradient, level), factor);
  };
  return [
    needs(0) ? ofInput() : undefined,
    needs(1) ? back.reshape(along, channels) : undefined,
    needs(2) ? back.reshape(total, channels) : undefined,
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
    times(back, gradient, perChannel(back, inputOf(input, 1), shape.length));
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
    const scaled = (): string => times(back, gradient, inputOf(input, 1));
    const weighted = (): string => times(back, gradient, moments.normal);
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
      times(back, back.reshape(gradient, each), back.reshape(inputOf(input, 1), spread)),
      grouped,
    );
  const normal = (): string => back.reshape(moments.normal, each);
  const summed = (value: string): string => back.reshape(back.sum(value, [0, 2]), [count]);
  const whole = [batch, channels, ...sizes];
  return [
    needs(0) ? back.reshape(throughMoments(back, scaled(), moments, [2]), whole) : undefined,
    needs(1) ? summed(times(back, back.reshape(gradient, each), normal())) : undefined,
    needs(2) ? summed(back.reshape(gradient, each)) : undefined,
  ];
};

/** x / ‖x‖ along an axis: (g − d Σ(g y)) / ‖x‖, d being y for p = 2 and the sign of x for p = 1. */
const lpNormalization: GradientRule = (input) => {
  const { back, node } = input;
  const shape = shapeOfInput(input, 0);
  const axis = fromFront(intOf(node, 'axis', -1), shape.length);
  const [x, y, gradient] = [inputOf(input, 0), node.outputs[0] ?? '', gradientOf(input)];
  const isEuclidean = intOf(node, 'p', 2) === 2;
  const direction = isEuclidean ? y : back.unary('Sign', x);
  const along = times(back, direction, back.sum(times(back, gradient, y), [axis]));
  const sum = back.sum(isEuclidean ? times(back, x, x) : back.unary('Abs', x), [axis]);
  const norm = isEuclidean ? back.unary('Sqrt', sum) : sum;
  return [back.emit('Div', [minus(back, gradient, along), norm], shape)];
};

/** x S^−β, S = k + α / n Σ x² over n channels around each: g S^−β − 2 α β / n · x Σ (g y / S). */
const localResponse: GradientRule = (input) => {
  const { back, node } = input;
  const shape = shapeOfInput(input, 0);
  const [, channels = 1] = shape;
  const [x, y, gradient] = [inputOf(input, 0), node.outputs[0] ?? '', gradientOf(input)];
  const size = intOf(node, 'size', 1);
  const [alpha, beta] = [floatOf(node, 'alpha', 1e-4) / size, floatOf(node, 'beta', 0.75)];
  // Row by row the channels around each; the other way round, those that a channel is around.
  const before = Math.floor((size - 1) / 2);
  const around = new Float32Array(channels * channels);
  for (let channel = 0; channel < channels; channel++)
    for (let at = channel - before; at < channel - before + size; at++)
      if (at >= 0 && at < channels) around[channel * channels + at] = 1;
  const turned = around.map(
    (_, cell) => around[(cell % channels) * channels + Math.floor(cell / channels)] ?? 0,
  );
  const squares = mapAlong(back, times(back, x, x), 1, around, channels);
  const scaled = times(back, squares, back.scalar(alpha));
  const sums = back.emit('Add', [scaled, back.scalar(floatOf(node, 'bias', 1))], shape);
  const power = back.emit('Pow', [sums, back.scalar(-beta)], shape);
  const shares = back.emit('Div', [times(back, gradient, y), sums], shape);
  const beside = times(back, x, mapAlong(back, shares, 1, turned, channels));
  const factor = back.scalar(2 * alpha * beta);
  return [minus(back, times(back, gradient, power), times(back, beside, factor))];
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
  LRN: localResponse,
};
