/** Ops that move no element, and those that join values or take them apart. */

import type { Builder } from '../../build/builder.ts';
import { frontAxis, isFixed } from '../../build/dims.ts';
import { concat, split, splitEvenly, stack, unstack } from '../../build/join.ts';
import { reshape, squeeze, transpose, unsqueeze } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { intAttribute, intsAttribute } from '../attributes.ts';
import {
  input,
  many,
  numberOf,
  numbersOf,
  one,
  type TfOp,
  type TfOpTable,
  three,
  two,
} from '../op.ts';

const transposed: TfOp = two((b, x, axes) => transpose(b, x, numbersOf(axes, 'permutation')));

/** TensorFlow names the axes `squeeze_dims`; without any, all of size 1 go. A first axis of free size is the batch, and stays. */
const squeezed: TfOp = one((b, x, node) => {
  const axes = intsAttribute(node, 'squeeze_dims') ?? intsAttribute(node, 'axis') ?? [];
  if (axes.length > 0) return squeeze(b, x, axes);
  const free = x.shape?.findIndex((size, axis) => axis > 0 && !isFixed(size)) ?? -1;
  if (free >= 0)
    throw new Unconvertible(`it drops all axes of size 1, and the size of axis ${free} is free`);
  return squeeze(b, x);
});

/** Values without their axis, which comes first or last. */
function joined(b: Builder, values: readonly Value[], axis: Value): Value {
  return concat(b, values, numberOf(axis, 'axis'));
}

/** Parts of stated sizes, of which one may be −1: what is left. */
function splitUnevenly(b: Builder, x: Value, sizesValue: Value, axis: number): readonly Value[] {
  const sizes = numbersOf(sizesValue, 'list of sizes');
  const rest = sizes.indexOf(-1);
  if (rest < 0) return split(b, x, sizes, axis);
  if (sizes.length === 1) return [x];
  const whole = x.sizes[frontAxis(axis, x.rank)];
  if (!isFixed(whole))
    throw new Unconvertible('it splits an axis of free size into a part that is left');
  const stated = sizes.reduce((sum, size, at) => (at === rest ? sum : sum + size), 0);
  if (stated > whole) throw new Unconvertible(`it splits ${whole} elements into more`);
  return split(b, x, sizes.with(rest, whole - stated), axis);
}

export const RESHAPING: TfOpTable = {
  Reshape: two((b, x, shape) => reshape(b, x, shape)),
  Squeeze: squeezed,
  ExpandDims: two((b, x, axis) => unsqueeze(b, x, [numberOf(axis, 'axis')])),
  Transpose: transposed,
  // Of real numbers the conjugate is the number itself.
  ConjugateTranspose: transposed,
  ConcatV2: many((b, inputs) => joined(b, inputs.slice(0, -1), input(inputs, inputs.length - 1))),
  Concat: many((b, inputs) => joined(b, inputs.slice(1), input(inputs, 0))),
  Pack: many((b, inputs, node) => stack(b, inputs, intAttribute(node, 'axis', 0))),
  Unpack: one((b, x, node) =>
    unstack(b, x, intAttribute(node, 'axis', 0), intAttribute(node, 'num', 1)),
  ),
  Split: two((b, axis, x, node) =>
    splitEvenly(b, x, intAttribute(node, 'num_split', 1), numberOf(axis, 'axis')),
  ),
  SplitV: three((b, x, sizes, axis) => splitUnevenly(b, x, sizes, numberOf(axis, 'axis'))),
};
