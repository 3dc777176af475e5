/** Pools: the largest or the mean element of a window. */

import type { Builder } from '../../build/builder.ts';
import { maxPoolWithPlaces } from '../../build/pool-places.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { pool } from '../../build/window.ts';
import { boolAttribute, intsAttribute, typeAttribute } from '../attributes.ts';
import { dataFormat, spatialSteps } from '../data-format.ts';
import { input, many, numbersOf, one, type TfOp, type TfOpTable } from '../op.ts';
import type { TfNode } from '../tf-graph.ts';
import { paddingAttribute } from '../window-attributes.ts';

type Pool = 'MaxPool' | 'AveragePool';

function convertPool(
  b: Builder,
  op: Pool,
  x: Value,
  node: TfNode,
  spatial: number,
  { ksize, strides }: { readonly ksize: readonly number[]; readonly strides: readonly number[] },
): Value {
  const format = dataFormat(b, node, spatial);
  const window = {
    kernel: spatialSteps(ksize, 'ksize', format, spatial),
    strides: spatialSteps(strides, 'strides', format, spatial),
    padding: paddingAttribute(node, format),
  };
  return format.fromLast(pool(b, op, format.toLast(x), window));
}

const attribute = (node: TfNode, name: string): readonly number[] => {
  const numbers = intsAttribute(node, name);
  if (numbers) return numbers;
  throw new Unconvertible(`it has no ${name}`);
};

const attributesOf = (node: TfNode): { ksize: readonly number[]; strides: readonly number[] } => ({
  ksize: attribute(node, 'ksize'),
  strides: attribute(node, 'strides'),
});

const pooled = (op: Pool, spatial: number): TfOp =>
  one((b, x, node) => convertPool(b, op, x, node, spatial, attributesOf(node)));

/** The places count rows, columns and channels of one image; of all images on demand. */
const withArgmax = one((b, x, node) => {
  const format = dataFormat(b, node, 2);
  if (format.toLast(x) !== x) throw new Unconvertible('its channels stand in front');
  const { ksize, strides } = attributesOf(node);
  const window = {
    kernel: spatialSteps(ksize, 'ksize', format, 2),
    strides: spatialSteps(strides, 'strides', format, 2),
    padding: paddingAttribute(node, format),
  };
  const isWhole = boolAttribute(node, 'include_batch_in_index');
  return maxPoolWithPlaces(b, x, window, isWhole, typeAttribute(node, 'Targmax', 'int64'));
});

export const POOLING: TfOpTable = {
  MaxPool: pooled('MaxPool', 2),
  MaxPoolV2: many((b, inputs, node) =>
    convertPool(b, 'MaxPool', input(inputs, 0), node, 2, {
      ksize: numbersOf(input(inputs, 1), 'ksize'),
      strides: numbersOf(input(inputs, 2), 'strides'),
    }),
  ),
  AvgPool: pooled('AveragePool', 2),
  MaxPool3D: pooled('MaxPool', 3),
  AvgPool3D: pooled('AveragePool', 3),
  MaxPoolWithArgmax: withArgmax,
};
