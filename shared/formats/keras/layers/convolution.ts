/** Convolutions, depthwise and separable ones. */
import { isFixed } from '../../build/dims.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { conv, depthwiseConv, type Window, type WindowPadding } from '../../build/window.ts';
import { activateBy } from '../activation.ts';
import { withChannelsLast } from '../channels.ts';
import { describe, flagOf, sizesOf, spatialInputOf, textOf, weightsOf } from '../config.ts';
import type { JsonObject, Layer, LayerTable } from '../layer.ts';

/** How a layer pads; `causal` adds everything in front, so that no step sees a later one. */
export function paddingOf(config: JsonObject, reach: readonly number[]): WindowPadding {
  const padding = textOf(config, 'padding', 'valid').toLowerCase();
  if (padding === 'same') return 'SAME';
  if (padding === 'valid') return 'VALID';
  if (padding === 'causal') return reach.map((length) => [length - 1, 0] as const);
  throw new Unconvertible(`its padding is ${describe(config.padding)}`);
}

/** The window of a convolution over the spatial axes of its filters. */
export function windowOf(config: JsonObject, filters: Value): Window {
  const kernel = filters.sizes.slice(0, -2);
  if (!kernel.every(isFixed)) throw new Unconvertible('its filters have a free size');
  const spatial = kernel.length;
  const dilations = sizesOf(config, 'dilation_rate', spatial, 1);
  const reach = kernel.map((size, axis) => (size - 1) * (dilations[axis] ?? 1) + 1);
  const strides = sizesOf(config, 'strides', spatial, 1);
  return { kernel, strides, dilations, padding: paddingOf(config, reach) };
}

/** Dense or depthwise: filters of two more axes than the window, a bias or none. */
const convolvedBy =
  (convolve: typeof conv) =>
  (spatial: number): Layer =>
  (call) => {
    const { b, config } = call;
    const [filters, bias] = weightsOf(call, flagOf(config, 'use_bias', true) ? 2 : 1);
    if (filters?.rank !== spatial + 2) throw new Unconvertible('its filters have another rank');
    return activateBy(
      call,
      withChannelsLast(b, config, spatialInputOf(call, spatial), (x) =>
        convolve(b, x, filters, windowOf(config, filters), bias),
      ),
    );
  };

const convolution = convolvedBy(conv);
const depthwise = convolvedBy(depthwiseConv);

const separable =
  (spatial: number): Layer =>
  (call) => {
    const { b, config } = call;
    const count = flagOf(config, 'use_bias', true) ? 3 : 2;
    const [depthFilters, pointFilters, bias] = weightsOf(call, count);
    if (depthFilters?.rank !== spatial + 2 || pointFilters?.rank !== spatial + 2)
      throw new Unconvertible('its filters have another rank');
    const ones = Array.from({ length: spatial }, () => 1);
    return activateBy(
      call,
      withChannelsLast(b, config, spatialInputOf(call, spatial), (x) => {
        const depth = depthwiseConv(b, x, depthFilters, windowOf(config, depthFilters));
        return conv(
          b,
          depth,
          pointFilters,
          { kernel: ones, strides: ones, padding: 'VALID' },
          bias,
        );
      }),
    );
  };

export const CONVOLUTION_LAYERS: LayerTable = {
  Conv1D: convolution(1),
  Conv2D: convolution(2),
  Conv3D: convolution(3),
  Convolution1D: convolution(1),
  Convolution2D: convolution(2),
  Convolution3D: convolution(3),
  DepthwiseConv1D: depthwise(1),
  DepthwiseConv2D: depthwise(2),
  SeparableConv1D: separable(1),
  SeparableConv2D: separable(2),
  SeparableConvolution1D: separable(1),
  SeparableConvolution2D: separable(2),
};
