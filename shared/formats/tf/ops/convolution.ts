/** Convolutions, forwards and transposed. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { convTranspose } from '../../build/conv-transpose.ts';
import { isFixed, upTo } from '../../build/dims.ts';
import { slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { conv, depthwiseConv } from '../../build/window.ts';
import { intsAttribute } from '../attributes.ts';
import { type DataFormat, dataFormat } from '../data-format.ts';
import { type TfOp, type TfOpTable, three, two } from '../op.ts';
import type { TfNode } from '../tf-graph.ts';
import { convolutionWindow } from '../window-attributes.ts';

/** A convolution of any number of spatial axes; its bias is added by the operator itself. */
export function convolution(
  b: Builder,
  x: Value,
  filters: Value,
  node: TfNode,
  spatial: number,
  bias?: Value,
): Value {
  const format = dataFormat(b, node, spatial);
  const window = convolutionWindow(node, format, filters, spatial);
  return format.fromLast(conv(b, format.toLast(x), filters, window, bias));
}

/** One filter for each channel; dilations go over the spatial axes even where four are given. */
export function depthwise(b: Builder, x: Value, filters: Value, node: TfNode, bias?: Value): Value {
  const format = dataFormat(b, node, 2);
  // TensorFlow.js writes the two spatial ones alone.
  const given = intsAttribute(node, 'dilations');
  const window =
    given?.length === 2
      ? { ...convolutionWindow(withoutDilations(node), format, filters, 2), dilations: given }
      : convolutionWindow(node, format, filters, 2);
  return format.fromLast(depthwiseConv(b, format.toLast(x), filters, window, bias));
}

const withoutDilations = (node: TfNode): TfNode => ({
  ...node,
  attributes: new Map([...node.attributes].filter(([name]) => name !== 'dilations')),
});

/** Inputs are the sizes of the result, the filters `[spatial …, outputs / groups, inputs]`, and the value. */
const transposed = (spatial: number): TfOp =>
  three((b, sizes, filters, x, node) => {
    const format = dataFormat(b, node, spatial);
    const window = convolutionWindow(node, format, filters, spatial);
    const made = convTranspose(b, format.toLast(x), filters, {
      ...window,
      outputSizes: spatialSizes(b, sizes, format, spatial),
      groups: groupsOf(sizes, filters, format, spatial),
    });
    return format.fromLast(made);
  });

/** Numbers where they are known, else a vector. Older graphs give the spatial sizes alone. */
function spatialSizes(
  b: Builder,
  sizes: Value,
  format: DataFormat,
  spatial: number,
): readonly number[] | Value {
  const count = sizes.shape?.[0];
  if (count === spatial) return sizes.numbers ?? sizes;
  const axes = format.spatial(upTo(spatial + 2));
  const known = axes.map((axis) => sizes.known?.[axis] ?? null);
  if (known.every(isFixed)) return known;
  const [start = 1] = axes;
  const vector = cast(b, sizes, 'int64');
  return slice(b, vector, [{ axis: 0, start, end: start + spatial, step: 1 }]);
}

function groupsOf(sizes: Value, filters: Value, format: DataFormat, spatial: number): number {
  const channels = sizes.known && format.channel(sizes.known);
  const perGroup = filters.sizes[spatial];
  if (sizes.known?.length !== spatial + 2 || !isFixed(channels) || !isFixed(perGroup)) return 1;
  const groups = channels / perGroup;
  if (Number.isInteger(groups)) return groups;
  throw new Unconvertible(`${channels} channels do not fit filters for ${perGroup}`);
}

export const CONVOLUTION: TfOpTable = {
  Conv2D: two((b, x, filters, node) => convolution(b, x, filters, node, 2)),
  Conv3D: two((b, x, filters, node) => convolution(b, x, filters, node, 3)),
  DepthwiseConv2dNative: two((b, x, filters, node) => depthwise(b, x, filters, node)),
  Conv2DBackpropInput: transposed(2),
  Conv3DBackpropInputV2: transposed(3),
};
