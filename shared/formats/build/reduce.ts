/** Reductions over axes. */
import type { ElementType } from '../../onnx/element-type.ts';
import type { Builder } from './builder.ts';
import { cast, int64Name } from './cast.ts';
import { type Dim, frontAxes, frontAxis, isFixed, upTo } from './dims.ts';
import { foldItems } from './fold.ts';
import { kernelType } from './kernel-type.ts';
import { placeOf, withoutAxes } from './order.ts';
import { transpose, unsqueeze } from './reshape.ts';
import type { Value } from './value.ts';

export type Reduction =
  | 'ReduceMean'
  | 'ReduceSum'
  | 'ReduceMax'
  | 'ReduceMin'
  | 'ReduceProd'
  | 'ReduceL1'
  | 'ReduceL2'
  | 'ReduceLogSumExp'
  | 'ReduceSumSquare';

/** Over `axes` of the source (all by default). No axis: the value itself. Sums and products of sizes are followed. */
export function reduce(
  b: Builder,
  op: Reduction,
  x: Value,
  axes: readonly number[] | undefined,
  keepDims: boolean,
): Value {
  const gone = frontAxes(axes ?? upTo(x.rank), x.rank);
  if (gone.length === 0) return x;
  const shape: Dim[] = keepDims
    ? x.sizes.map((dim, axis) => (gone.includes(axis) ? 1 : dim))
    : x.sizes.filter((_, axis) => !gone.includes(axis));
  const item = x.rank === 1 ? foldAlong(op, x) : undefined;
  if (isFixed(item)) return b.numbers([item], x.type, shape as readonly number[]);
  const carried = kernelType(op, x.type, b.opset);
  const held = b.holdAsIs(cast(b, x, carried));
  const places = gone.map((axis) => placeOf(x.order, axis)).sort((a, c) => a - c);
  // Axes became an input with opset 13 (ReduceSum) and 18 (all others).
  const asInput = op === 'ReduceSum' || b.opset >= 18;
  const result = b.emit(op, asInput ? [held, b.ints(places)] : [held], carried, shape, {
    attributes: { keepdims: keepDims ? 1 : 0, ...(!asInput && { axes: places }) },
    order: keepDims ? x.order : withoutAxes(x.order, gone),
  });
  return cast(b, result, x.type).withKnown(item === undefined ? undefined : [item]);
}

/** The operators whose elements {@link reduce} takes one after the other. */
const STEPS: Partial<Record<Reduction, string>> = {
  ReduceSum: 'Add',
  ReduceProd: 'Mul',
  ReduceMax: 'Max',
  ReduceMin: 'Min',
};

/** The element that is left of a vector of known ones; a name, or `undefined` when it is not known. */
function foldAlong(op: Reduction, x: Value): Dim | undefined {
  const step = STEPS[op];
  const { known } = x;
  // Sums of float32 are rounded at every step, in an order that is the kernel's.
  if (!step || !known || known.length === 0 || x.type.includes('float')) return undefined;
  return known.reduce((sum, item) => foldItems(step, [sum, item], x.type)) ?? undefined;
}

/** Over axes that are computed while the model runs; `axes` is a vector or a scalar. */
export function reduceAlong(
  b: Builder,
  op: Reduction,
  x: Value,
  axes: Value,
  keepDims: boolean,
): Value {
  if (axes.numbers) return reduce(b, op, x, axes.numbers, keepDims);
  if (op !== 'ReduceSum') b.require(18, `${op} over computed axes`);
  const carried = kernelType(op, x.type, b.opset);
  const vector = axes.shape?.length === 0 ? unsqueeze(b, axes, [0]) : axes;
  const count = vector.shape?.[0];
  const left = keepDims ? x.rank : isFixed(count) ? x.rank - count : undefined;
  const shape = left === undefined ? null : upTo(left).map(() => null);
  const inputs = [b.hold(cast(b, x, carried)), int64Name(b, vector)];
  const attributes = { keepdims: keepDims ? 1 : 0, noop_with_empty_axes: 1 };
  return cast(b, b.emit(op, inputs, carried, shape, { attributes }), x.type);
}

/** The place of the largest or smallest element along an axis: the first of equal ones. int64. */
export function argReduce(
  b: Builder,
  op: 'ArgMax' | 'ArgMin',
  x: Value,
  axis: number,
  keepDims = false,
): Value {
  const gone = frontAxis(axis, x.rank);
  const shape = keepDims ? x.sizes.with(gone, 1) : x.sizes.toSpliced(gone, 1);
  const held = b.holdAsIs(cast(b, x, kernelType(op, x.type, b.opset)));
  return b.emit(op, [held], 'int64', shape, {
    attributes: { axis: placeOf(x.order, gone), keepdims: keepDims ? 1 : 0 },
    order: keepDims ? x.order : withoutAxes(x.order, [gone]),
  });
}

/** Operators along one axis that keep the shape: Softmax, LogSoftmax, Hardmax. */
export function alongAxis(
  b: Builder,
  op: string,
  x: Value,
  axis = -1,
  type: ElementType = x.type,
): Value {
  const place = placeOf(x.order, frontAxis(axis, x.rank));
  return b.emit(op, [b.holdAsIs(x)], type, x.shape, {
    // The last axis is what these operators take by default.
    attributes: place === x.rank - 1 ? {} : { axis: place },
    order: x.order,
  });
}

/** The value with its last two axes exchanged; no node. */
export function swapLastAxes(b: Builder, x: Value): Value {
  const axes = upTo(x.rank);
  return transpose(b, x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}
