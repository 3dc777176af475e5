/**
 * The gradient of a convolution by its kernel, in the form that is fastest for its size: measured on one thread, in
 * GFLOP/s beside the forward pass of 3×3, 64 channels, 28² (91): 63 as patches, 35 as a convolution.
 */

import type { Shape } from '../../emitter.ts';
import { countOf } from '../../emitter.ts';
import type { Backward } from '../backward.ts';
import { reach, type Window } from './window.ts';

export interface WeightGradient {
  readonly back: Backward;
  /** [N, C, …] */
  readonly x: string;
  /** [N, M, …]: the gradient of the output. */
  readonly gradient: string;
  /** [M, C / group, …] */
  readonly shape: Shape;
  readonly window: Window;
  readonly group: number;
}

/** Beyond 5 × 5 there are more patches than a convolution has work. */
const MAX_PATCH_KERNEL = 5;

/** Of so few places of the output a convolution is faster. */
const MIN_PATCH_PLACES = 65;

/** The gradient, of the kernel's shape. */
export function weightGradient(of: WeightGradient): string {
  const { shape, window, group, back, gradient } = of;
  const [, ownChannels = 1, ...kernel] = shape;
  const [, , ...places] = back.shapeOf(gradient);
  const isPlain = window.strides.every((stride) => stride === 1) && !hasPads(window);
  if (group === 1 && countOf(kernel) === 1 && isPlain) return byProduct(of, of.x);
  const isSmall = kernel.every((size) => size <= MAX_PATCH_KERNEL);
  if (group === 1 && isSmall && countOf(places) >= MIN_PATCH_PLACES) return byPatches(of);
  const isDepthwise = ownChannels === 1 && shape[0] === group;
  if (isDepthwise && window.strides.every((stride) => stride === 1)) return byTaps(of);
  return bySwappedConv(of);
}

const hasPads = ({ before, after }: Window): boolean =>
  [...before, ...after].some((pad) => pad !== 0);

/** `columns` [N, K, …places]: dW = Σ over samples of dY columnsᵀ, with K as the kernel has them. */
function byProduct({ back, gradient, shape }: WeightGradient, columns: string): string {
  const [batch = 1, outputs = 1, ...places] = back.shapeOf(gradient);
  const [, inner = 1] = back.shapeOf(columns);
  const count = countOf(places);
  const left = back.reshape(gradient, [batch, outputs, count]);
  const right = back.reshape(columns, [batch, inner, count]);
  const product = back.emit('com.microsoft:FusedMatMul', [left, right], [batch, outputs, inner], {
    attributes: { transB: 1 },
  });
  return back.reshape(back.sum(product, [0]), shape);
}

/** Each tap of the kernel as a channel, by a depthwise convolution with kernels of a single one. */
function byPatches(of: WeightGradient): string {
  const { back, x, gradient, shape, window } = of;
  const [, channels = 1, ...kernel] = shape;
  const [batch = 1, , ...places] = back.shapeOf(gradient);
  const taps = countOf(kernel);
  const single = new Float32Array(channels * taps * taps);
  for (let row = 0; row < channels * taps; row++) single[row * taps + (row % taps)] = 1;
  const picks = back.floats([channels * taps, 1, ...kernel], single);
  const columns = back.emit('Conv', [x, picks], [batch, channels * taps, ...places], {
    attributes: {
      group: channels,
      kernel_shape: kernel,
      strides: window.strides,
      dilations: window.dilations,
      pads: [...window.before, ...window.after],
    },
  });
  return byProduct(of, columns);
}

/** Of a depthwise convolution each tap is a sum of products with the input, moved by the tap. */
function byTaps({ back, x, gradient, shape, window }: WeightGradient): string {
  const [channels = 1, , ...kernel] = shape;
  const [batch = 1, , ...places] = back.shapeOf(gradient);
  const padded = withPads(back, x, window);
  const axes = places.map((_, axis) => axis + 2);
  const sums = tapsOf(kernel).map((tap) => {
    const starts = tap.map((place, axis) => place * (window.dilations[axis] ?? 1));
    const ends = starts.map((start, axis) => start + (places[axis] ?? 0));
    const seen = back.emit(
      'Slice',
      [padded, back.ints(starts), back.ints(ends), back.ints(axes)],
      [batch, channels, ...places],
    );
    const products = back.emit('Mul', [gradient, seen], back.shapeOf(gradient));
    return back.reshape(back.sum(products, [0, ...axes]), [channels, 1]);
  });
  const taps = back.emit('Concat', sums, [channels, sums.length], { attributes: { axis: 1 } });
  return back.reshape(taps, shape);
}

function withPads(back: Backward, x: string, window: Window): string {
  if (!hasPads(window)) return x;
  const { before, after } = window;
  const [batch = 1, channels = 1, ...sizes] = back.shapeOf(x);
  const wide = sizes.map((size, axis) => size + (before[axis] ?? 0) + (after[axis] ?? 0));
  const pads = back.ints([0, 0, ...before, 0, 0, ...after]);
  return back.emit('Pad', [x, pads], [batch, channels, ...wide]);
}

/** All places in a kernel, the last axis fastest. */
const tapsOf = (kernel: Shape): number[][] =>
  kernel.reduce<number[][]>(
    (taps, size) =>
      taps.flatMap((tap) => Array.from({ length: size }, (_, place) => [...tap, place])),
    [[]],
  );

/** A convolution over the samples, with the gradient as its kernel; strides and dilations change places. */
function bySwappedConv({ back, x, gradient, shape, window, group }: WeightGradient): string {
  const [outputs = 1, ownChannels = 1, ...kernel] = shape;
  const [batch = 1, , ...sizes] = back.shapeOf(x);
  const [, , ...places] = back.shapeOf(gradient);
  const spatial = sizes.map((_, axis) => axis + 2);
  const grouped = back.reshape(x, [batch, group, ownChannels, ...sizes]);
  const moved = back.transpose(grouped, [2, 1, 0, ...spatial.map((axis) => axis + 1)]);
  const data = back.reshape(moved, [ownChannels, group * batch, ...sizes]);
  const kernels = back.transpose(gradient, [1, 0, ...spatial]);
  const { before, after, strides, dilations } = window;
  const found = sizes.map((size, axis) => {
    const room = size + (before[axis] ?? 0) + (after[axis] ?? 0);
    const span = reach(places[axis] ?? 1, strides[axis] ?? 1);
    return Math.floor((room - span) / (dilations[axis] ?? 1)) + 1;
  });
  const product = back.emit('Conv', [data, kernels], [ownChannels, outputs, ...found], {
    attributes: {
      group,
      kernel_shape: places,
      pads: [...before, ...after],
      strides: dilations,
      dilations: strides,
    },
  });
  // What the last window does not reach of the input is more than a kernel.
  const cut = found.every((size, axis) => size === kernel[axis])
    ? product
    : back.emit(
        'Slice',
        [product, back.ints(kernel.map(() => 0)), back.ints(kernel), back.ints(spatial)],
        [ownChannels, outputs, ...kernel],
      );
  return back.transpose(cut, [1, 0, ...spatial]);
}
