/** Convolutions and their transposes, of any rank, group, stride, dilation and padding. */
import type { Shape } from '../../emitter.ts';
import { countOf } from '../../emitter.ts';
import { type GradientRule, gradientOf, inputOf, type RuleInput, shapeOfInput } from '../rule.ts';
import { weightGradient } from './conv-weight.ts';
import { groupOf, leftOver, type Window, windowAttributes, windowOf } from './window.ts';

/** Below this many places of the output a plain convolution beats a transposed one. */
const MIN_TRANSPOSED_PLACES = 65;

const conv: GradientRule = (input) => {
  const { back, node, needs } = input;
  const gradient = gradientOf(input);
  const [x, weight] = [inputOf(input, 0), inputOf(input, 1)];
  const [sizes, kernel] = [spatial(shapeOfInput(input, 0)), shapeOfInput(input, 1)];
  const places = spatial(back.shapeOf(gradient));
  const window = windowOf(node, spatial(kernel), sizes, places);
  const group = groupOf(node);
  return [
    needs(0) ? inputGradient(input, gradient, weight, window, group) : undefined,
    needs(1) ? weightGradient({ back, x, gradient, shape: kernel, window, group }) : undefined,
    node.inputs[2] && needs(2) ? biasGradient(input, gradient) : undefined,
  ];
};

const spatial = (shape: Shape): Shape => shape.slice(2);

/** Per channel, the sum over samples and places. */
function biasGradient({ back }: RuleInput, gradient: string): string {
  const [, channels = 1, ...places] = back.shapeOf(gradient);
  return back.reshape(back.sum(gradient, [0, ...places.map((_, axis) => axis + 2)]), [channels]);
}

/** dX: the transposed convolution of dY; of stride 1 also a plain one with kernels turned round. */
function inputGradient(
  input: RuleInput,
  gradient: string,
  weight: string,
  window: Window,
  group: number,
): string {
  const { back } = input;
  const shape = shapeOfInput(input, 0);
  const places = spatial(back.shapeOf(gradient));
  const full = window.kernel.map((size, axis) => (size - 1) * (window.dilations[axis] ?? 1));
  const before = full.map((span, axis) => span - (window.before[axis] ?? 0));
  const after = full.map((span, axis) => span - (window.after[axis] ?? 0));
  const isPlain =
    window.strides.every((stride) => stride === 1) &&
    [...before, ...after].every((pad) => pad >= 0);
  const isFast =
    group > 1 || countOf(window.kernel) === 1 || countOf(places) < MIN_TRANSPOSED_PLACES;
  if (isPlain && isFast) {
    const turned = turnedRound(input, weight, group);
    const attributes = { ...windowAttributes({ ...window, before, after }), group };
    return back.emit('Conv', [gradient, turned], shape, { attributes });
  }
  const rest = leftOver(window, spatial(shape), places);
  const attributes = { ...windowAttributes(window), group, output_padding: rest };
  return back.emit('ConvTranspose', [gradient, weight], shape, { attributes });
}

/** Kernels with their channels in and out changed over, and every spatial axis from its end. */
function turnedRound({ back }: RuleInput, weight: string, group: number): string {
  const [outputs = 1, ownChannels = 1, ...kernel] = back.shapeOf(weight);
  const axes = kernel.map((_, axis) => axis + 2);
  const ownOutputs = outputs / group;
  const apart = back.reshape(weight, [group, ownOutputs, ownChannels, ...kernel]);
  const swapped = back.transpose(apart, [0, 2, 1, ...axes.map((axis) => axis + 1)]);
  const shape = [group * ownChannels, ownOutputs, ...kernel];
  const kernels = back.reshape(swapped, shape);
  if (countOf(kernel) === 1) return kernels;
  const minus = kernel.map(() => -1);
  const places = [minus, kernel.map((size) => -size - 1), axes, minus];
  return back.emit('Slice', [kernels, ...places.map((values) => back.ints(values))], shape);
}

/** The transposed convolution is what flows back through a convolution: its own way back is that convolution. */
const convTranspose: GradientRule = (input) => {
  const { back, node, needs } = input;
  const gradient = gradientOf(input);
  const [x, weight] = [inputOf(input, 0), inputOf(input, 1)];
  const [shape, kernel] = [shapeOfInput(input, 0), shapeOfInput(input, 1)];
  const group = groupOf(node);
  const window = transposedWindow(input, kernel);
  const attributes = { ...windowAttributes(window), group };
  return [
    needs(0) ? back.emit('Conv', [gradient, weight], shape, { attributes }) : undefined,
    needs(1)
      ? weightGradient({ back, x: gradient, gradient: x, shape: kernel, window, group })
      : undefined,
    node.inputs[2] && needs(2) ? biasGradient(input, gradient) : undefined,
  ];
};

/** Pads that the sizes tell: `output_shape` and `auto_pad` are in them, `output_padding` is beyond every window. */
function transposedWindow(input: RuleInput, kernel: Shape): Window {
  const { back, node } = input;
  const [small, large] = [
    spatial(shapeOfInput(input, 0)),
    spatial(back.shapeOf(gradientOf(input))),
  ];
  const hasPlainPads = !node.attributes.has('output_shape') && !node.attributes.has('auto_pad');
  const window = windowOf(node, spatial(kernel), large, small);
  if (hasPlainPads) return window;
  const none = large.map(() => 0);
  const over = leftOver({ ...window, before: none, after: none }, large, small).map((rest) =>
    Math.max(0, -rest),
  );
  const isUpper = new TextDecoder().decode(autoPad(input)) === 'SAME_UPPER';
  const less = over.map((pad) => Math.floor(pad / 2));
  const more = over.map((pad) => Math.ceil(pad / 2));
  return { ...window, before: isUpper ? less : more, after: isUpper ? more : less };
}

function autoPad({ node }: RuleInput): Uint8Array {
  const attribute = node.attributes.get('auto_pad');
  return attribute?.type === 'string' ? attribute.value : new Uint8Array();
}

/** By op type. */
export const CONVOLUTIONS: Readonly<Record<string, GradientRule>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
};
