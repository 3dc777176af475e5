/** Reductions over axes. */
import type { ElementType } from '../../onnx/element-type.ts';
import type { Builder } from './builder.ts';
import { type Dim, frontAxes, frontAxis, upTo } from './dims.ts';
import { placeOf, withoutAxes } from './order.ts';
import { transpose } from './reshape.ts';
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

/** Over `axes` of the source (all by default). No axis: the value itself. */
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
  const places = gone.map((axis) => placeOf(x.order, axis)).sort((a, c) => a - c);
  // Axes became an input with opset 13 (ReduceSum) and 18 (all others).
  const asInput = op === 'ReduceSum' || b.opset >= 18;
  return b.emit(op, asInput ? [b.holdAsIs(x), b.ints(places)] : [b.holdAsIs(x)], x.type, shape, {
    attributes: { keepdims: keepDims ? 1 : 0, ...(!asInput && { axes: places }) },
    order: keepDims ? x.order : withoutAxes(x.order, gone),
  });
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
  return b.emit(op, [b.holdAsIs(x)], 'int64', shape, {
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
    attributes: { axis: place },
    order: x.order,
  });
}

/** The value with its last two axes exchanged; no node. */
export function swapLastAxes(b: Builder, x: Value): Value {
  const axes = upTo(x.rank);
  return transpose(b, x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}
