/** The attributes of windows: strides, dilations, padding. */
import { isFixed, upTo } from '../build/dims.ts';
import type { Padding } from '../build/slice.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import type { Value } from '../build/value.ts';
import type { Window, WindowPadding } from '../build/window.ts';
import { intsAttribute, stringAttribute } from './attributes.ts';
import { type DataFormat, stepsAttribute } from './data-format.ts';
import type { TfNode } from './tf-graph.ts';

/** SAME, VALID, or the margins of the spatial axes. */
export function paddingAttribute(node: TfNode, format: DataFormat): WindowPadding {
  const padding = stringAttribute(node, 'padding', 'VALID');
  if (padding === 'SAME' || padding === 'VALID') return padding;
  if (padding !== 'EXPLICIT') throw new Unconvertible(`its padding ${padding} is not known`);
  const flat = intsAttribute(node, 'explicit_paddings') ?? [];
  const pairs: Padding = upTo(Math.floor(flat.length / 2)).map((axis) => [
    flat[2 * axis] ?? 0,
    flat[2 * axis + 1] ?? 0,
  ]);
  const outside = [pairs[0], format.channel(pairs)].flat();
  if (outside.some((count) => count !== 0))
    throw new Unconvertible(`its explicit paddings [${flat}] are of the batch or the channels`);
  if (flat.some((count) => !Number.isInteger(count) || count < 0))
    throw new Unconvertible(`its explicit paddings [${flat}] are no counts`);
  return format.spatial(pairs);
}

/** The window of a convolution, whose kernel sizes are those of its filters. */
export function convolutionWindow(
  node: TfNode,
  format: DataFormat,
  filters: Value,
  spatial: number,
): Window {
  const kernel = filters.sizes.slice(0, spatial);
  if (filters.rank !== spatial + 2 || !kernel.every(isFixed))
    throw new Unconvertible('the sizes of its filters are not known');
  const dilations = stepsAttribute(node, 'dilations', format, spatial);
  return {
    kernel,
    strides: stepsAttribute(node, 'strides', format, spatial),
    dilations,
    padding: paddingAttribute(node, format),
  };
}
