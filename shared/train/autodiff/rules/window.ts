/** Windows of convolutions and pools: attributes with their defaults, and what padding comes out of them. */
import { intOf, intsOf, stringOf } from '../../../onnx/attributes.ts';
import type { Node } from '../../../onnx/model.ts';
import type { Shape } from '../../emitter.ts';
import { NoGradient } from '../rule.ts';

/** Per spatial axis. */
export interface Window {
  readonly kernel: Shape;
  readonly strides: Shape;
  readonly dilations: Shape;
  readonly before: Shape;
  readonly after: Shape;
}

/** `kernel`, `input` and `output`: sizes of the spatial axes. */
export function windowOf(node: Node, kernel: Shape, input: Shape, output: Shape): Window {
  const ones = kernel.map(() => 1);
  const strides = intsOf(node, 'strides') ?? ones;
  const dilations = intsOf(node, 'dilations') ?? ones;
  const pads = intsOf(node, 'pads') ?? [...kernel, ...kernel].map(() => 0);
  const common = { kernel, strides, dilations };
  const mode = stringOf(node, 'auto_pad', 'NOTSET');
  if (mode === 'NOTSET' || mode === '')
    return { ...common, before: pads.slice(0, kernel.length), after: pads.slice(kernel.length) };
  if (mode === 'VALID') return { ...common, before: ones.map(() => 0), after: ones.map(() => 0) };
  if (mode !== 'SAME_UPPER' && mode !== 'SAME_LOWER')
    throw new NoGradient(`${node.opType} with auto_pad ${mode}`);
  const total = kernel.map((size, axis) =>
    Math.max(
      0,
      ((output[axis] ?? 0) - 1) * (strides[axis] ?? 1) +
        reach(size, dilations[axis] ?? 1) -
        (input[axis] ?? 0),
    ),
  );
  const less = total.map((pad) => Math.floor(pad / 2));
  const more = total.map((pad) => Math.ceil(pad / 2));
  return mode === 'SAME_UPPER'
    ? { ...common, before: less, after: more }
    : { ...common, before: more, after: less };
}

/** From the first to the last element that a window sees, along one axis. */
export const reach = (kernel: number, dilation: number): number => (kernel - 1) * dilation + 1;

/** Convolutions of several groups treat each group of channels by itself. */
export const groupOf = (node: Node): number => intOf(node, 'group', 1);

/** As attributes of a Conv or ConvTranspose. */
export const windowAttributes = ({ kernel, strides, dilations, before, after }: Window) => ({
  kernel_shape: kernel,
  strides,
  dilations,
  pads: [...before, ...after],
});

/** What the last window does not reach of the input: a ConvTranspose adds it. */
export const leftOver = (
  { kernel, strides, dilations, before, after }: Window,
  input: Shape,
  output: Shape,
): number[] =>
  input.map((size, axis) => {
    const seen =
      ((output[axis] ?? 0) - 1) * (strides[axis] ?? 1) +
      reach(kernel[axis] ?? 1, dilations[axis] ?? 1);
    return size + (before[axis] ?? 0) + (after[axis] ?? 0) - seen;
  });
