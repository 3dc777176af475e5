/** Reductions over axes. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { frontAxes, frontAxis, isFixed } from '../../build/dims.ts';
import { arithmetic, unary } from '../../build/elementwise.ts';
import { kernelType } from '../../build/kernel-type.ts';
import { placeOf } from '../../build/order.ts';
import { argReduce, type Reduction, reduce, reduceAlong } from '../../build/reduce.ts';
import { pad, slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute, typeAttribute } from '../attributes.ts';
import { numberOf, one, type TfOp, type TfOpTable, two } from '../op.ts';
import type { TfNode } from '../tf-graph.ts';

/** TensorFlow.js writes the attribute in camel case. */
const keepsDims = (node: TfNode): boolean =>
  boolAttribute(node, 'keep_dims') || boolAttribute(node, 'keepDims');

const over = (op: Reduction): TfOp =>
  two((b, x, axes, node) => reduceAlong(b, op, x, axes, keepsDims(node)));

/** Over no axes it is the size of each element, not the element. */
function euclideanNorm(b: Builder, x: Value, axes: Value, keepDims: boolean): Value {
  const over = axes.numbers?.length === 0 ? unary(b, 'Abs', x) : x;
  return reduceAlong(b, 'ReduceL2', over, axes, keepDims);
}

/** Of no elements All is true and Any false: sums of what is false and true say so. */
function anyOf(b: Builder, x: Value, axes: Value, keepDims: boolean): Value {
  const numbers = axes.numbers;
  const isNeverEmpty =
    numbers &&
    frontAxes(numbers, x.rank).every((axis) => isFixed(x.sizes[axis]) && x.sizes[axis] !== 0);
  const op = isNeverEmpty ? 'ReduceMax' : 'ReduceSum';
  return cast(b, reduceAlong(b, op, cast(b, x, 'int32'), axes, keepDims), 'bool');
}

const argOver = (op: 'ArgMax' | 'ArgMin'): TfOp =>
  two((b, x, axis, node) =>
    cast(
      b,
      argReduce(b, op, x, numberOf(axis, 'axis')),
      typeAttribute(node, 'output_type', 'int64'),
    ),
  );

function cumulativeSum(b: Builder, x: Value, axis: number, node: TfNode): Value {
  const carried = kernelType('CumSum', x.type, b.opset);
  const place = placeOf(x.order, frontAxis(axis, x.rank));
  const attributes = {
    exclusive: boolAttribute(node, 'exclusive') ? 1 : 0,
    reverse: boolAttribute(node, 'reverse') ? 1 : 0,
  };
  const inputs = [b.holdAsIs(cast(b, x, carried)), b.ints([place], [])];
  return cast(
    b,
    b.emit('CumSum', inputs, carried, x.shape, { attributes, order: x.order }),
    x.type,
  );
}

/** ONNX has none: products over 1, 2, 4 … neighbours, as many steps as the length has bits. */
function cumulativeProduct(b: Builder, x: Value, axis: number, node: TfNode): Value {
  const along = frontAxis(axis, x.rank);
  const length = x.sizes[along];
  if (!isFixed(length)) throw new Unconvertible('it multiplies along an axis of free size');
  const isReverse = boolAttribute(node, 'reverse');
  const shifted = (value: Value, by: number): Value => {
    const range = isReverse ? { start: by, end: null } : { start: null, end: -by };
    const kept = slice(b, value, [{ axis: along, step: 1, ...range }]);
    const margins = x.sizes.map((_, at): readonly [number, number] =>
      at !== along ? [0, 0] : isReverse ? [0, by] : [by, 0],
    );
    return pad(b, kept, margins, 'constant', b.scalar(1, x.type));
  };
  if (length === 0) return x;
  let product = boolAttribute(node, 'exclusive') ? shifted(x, 1) : x;
  for (let by = 1; by < length; by *= 2)
    product = arithmetic(b, 'Mul', product, shifted(product, by));
  return product;
}

export const REDUCTION: TfOpTable = {
  Mean: over('ReduceMean'),
  Sum: over('ReduceSum'),
  Max: over('ReduceMax'),
  Min: over('ReduceMin'),
  Prod: over('ReduceProd'),
  EuclideanNorm: two((b, x, axes, node) => euclideanNorm(b, x, axes, keepsDims(node))),
  Any: two((b, x, axes, node) => anyOf(b, x, axes, keepsDims(node))),
  All: two((b, x, axes, node) =>
    unary(b, 'Not', anyOf(b, unary(b, 'Not', x), axes, keepsDims(node))),
  ),
  ArgMax: argOver('ArgMax'),
  ArgMin: argOver('ArgMin'),
  Cumsum: two((b, x, axis, node) => cumulativeSum(b, x, numberOf(axis, 'axis'), node)),
  Cumprod: two((b, x, axis, node) => cumulativeProduct(b, x, numberOf(axis, 'axis'), node)),
  L2Loss: one((b, x) =>
    arithmetic(b, 'Mul', reduce(b, 'ReduceSumSquare', x, undefined, false), b.scalar(0.5, x.type)),
  ),
};
