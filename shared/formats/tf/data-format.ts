/** The attribute `data_format`: values with channels in front are seen with channels behind, without a node. */
import type { Builder } from '../build/builder.ts';
import { expectRank, upTo } from '../build/dims.ts';
import { channelsFirst } from '../build/order.ts';
import { transpose } from '../build/reshape.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import type { Value } from '../build/value.ts';
import { intsAttribute, stringAttribute } from './attributes.ts';
import type { TfNode } from './tf-graph.ts';

/** How a node counts the axes of its images. */
export interface DataFormat {
  /** `[N, spatial …, C]`. */
  readonly toLast: (x: Value) => Value;
  /** A result `[N, spatial …, C]` as the node gives it. */
  readonly fromLast: (y: Value) => Value;
  /** The spatial ones of numbers by axis, which an attribute or input lists. */
  readonly spatial: <T>(byAxis: readonly T[]) => T[];
  /** The one of the channels. */
  readonly channel: <T>(byAxis: readonly T[]) => T | undefined;
}

/** Of a node over images with `spatial` axes. @throws Unconvertible for formats of special hardware */
export function dataFormat(b: Builder, node: TfNode, spatial: number): DataFormat {
  const name = stringAttribute(node, 'data_format', 'NHWC');
  if (name === 'NHWC' || name === 'NDHWC')
    return {
      toLast: (x) => {
        expectRank(x, spatial + 2);
        return x;
      },
      fromLast: (y) => y,
      spatial: (byAxis) => byAxis.slice(1, spatial + 1),
      channel: (byAxis) => byAxis[spatial + 1],
    };
  if (name !== 'NCHW' && name !== 'NCDHW')
    throw new Unconvertible(`its data_format ${name} is that of one kind of hardware`);
  const first = channelsFirst(spatial);
  const last = upTo(spatial + 2).map((axis) => first.indexOf(axis));
  return {
    toLast: (x) => {
      expectRank(x, spatial + 2);
      return transpose(b, x, last);
    },
    fromLast: (y) => transpose(b, y, first),
    spatial: (byAxis) => byAxis.slice(2),
    channel: (byAxis) => byAxis[1],
  };
}

/** Numbers by axis of an attribute; all 1 where it is missing. @throws Unconvertible when batch or channels are not 1 */
export function stepsAttribute(
  node: TfNode,
  name: string,
  format: DataFormat,
  spatial: number,
): number[] {
  const byAxis = intsAttribute(node, name) ?? upTo(spatial + 2).map(() => 1);
  return spatialSteps(byAxis, name, format, spatial);
}

/** The same of numbers that an input lists. */
export function spatialSteps(
  byAxis: readonly number[],
  name: string,
  format: DataFormat,
  spatial: number,
): number[] {
  const steps = format.spatial(byAxis);
  if (byAxis.length !== spatial + 2 || steps.some((step) => !Number.isInteger(step) || step < 1))
    throw new Unconvertible(
      `its ${name} [${byAxis}] are not positive numbers for ${spatial + 2} axes`,
    );
  if (byAxis[0] !== 1 || format.channel(byAxis) !== 1)
    throw new Unconvertible(`its ${name} [${byAxis}] go over the batch or the channels`);
  return steps;
}
