/** Shapes as values, and values made from shapes. */
import type { ElementType } from '../../../onnx/element-type.ts';
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import {
  broadcastDims,
  checkedRank,
  isFixed,
  isStatic,
  type Known,
  sizeOf,
  upTo,
} from '../../build/dims.ts';
import { arithmetic, comparison, where } from '../../build/elementwise.ts';
import { knownOrNot } from '../../build/fold.ts';
import { concat, expand, tile } from '../../build/join.ts';
import { kernelType } from '../../build/kernel-type.ts';
import { reduce } from '../../build/reduce.ts';
import { reshape, unsqueeze } from '../../build/reshape.ts';
import { shapeOf } from '../../build/shape-of.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import { MAX_KNOWN, type Value } from '../../build/value.ts';
import { intAttribute, typeAttribute } from '../attributes.ts';
import { input, many, one, type TfOp, type TfOpTable, three, two } from '../op.ts';
import type { TfNode } from '../tf-graph.ts';

/** The type in which sizes are given. */
const outType = (node: TfNode): ElementType => typeAttribute(node, 'out_type', 'int32');

function rankOf(b: Builder, x: Value): Value {
  if (x.shape) return b.scalar(x.shape.length, 'int32');
  const shape = b.node('Shape', [b.holdAsIs(x)]);
  return cast(b, b.emit('Size', shape, 'int64', []), 'int32');
}

function sizeOfAll(b: Builder, x: Value, type: ElementType): Value {
  if (isStatic(x.shape)) return b.scalar(sizeOf(x.shape), type);
  if (x.shape) return reduce(b, 'ReduceProd', shapeOf(b, x, type), undefined, false);
  return cast(b, b.emit('Size', [b.holdAsIs(x)], 'int64', []), type);
}

/** The same number everywhere, in the shape of a value. */
const likeness = (number: number): TfOp =>
  one((b, x) => expand(b, b.scalar(number, x.type), shapeOf(b, x, 'int64')));

/** The same number everywhere, in a given shape. */
const filled = (number: number): TfOp =>
  one((b, shape, node) =>
    expand(
      b,
      b.scalar(number, typeAttribute(node, 'T', typeAttribute(node, 'dtype', 'float32'))),
      shape,
    ),
  );

/** The shape to which two shapes are broadcast. */
function broadcastArgs(b: Builder, x: Value, y: Value): Value {
  const [short, long] = (x.sizes[0] ?? 0) > (y.sizes[0] ?? 0) ? [y, x] : [x, y];
  const [from, to] = [short.sizes[0], long.sizes[0]];
  if (!isFixed(from) || !isFixed(to))
    throw new Unconvertible('it broadcasts shapes of unknown rank');
  const ones = b.numbers(
    upTo(checkedRank(to) - from).map(() => 1),
    x.type,
  );
  const wide = from === to ? short : concat(b, [ones, short], 0);
  const known = wide.known?.map((size, axis) => broadcastDims(size, long.known?.[axis] ?? null));
  if (long.known && known?.every(isFixed)) return b.numbers(known, x.type);
  const isOne = comparison(b, 'Equal', wide, b.scalar(1, x.type));
  return where(b, isOne, long, wide).withKnown(long.known && knownOrNot(known));
}

/** Numbers from `start` on, up to but without `limit`. */
function range(b: Builder, start: Value, limit: Value, step: Value): Value {
  const { type } = start;
  const [from, to, by] = [start, limit, step].map((value) => value.known?.[0] ?? null);
  const isWhole = type.startsWith('int') || type.startsWith('uint');
  if (isFixed(from) && isFixed(to) && isFixed(by) && by !== 0) {
    const count = Math.max(0, Math.ceil((to - from) / by));
    if (isWhole && count <= MAX_KNOWN)
      return b.numbers(
        upTo(count).map((at) => from + at * by),
        type,
      );
    return rangeNode(b, [start, limit, step], isWhole ? count : null);
  }
  // 0, 1, 2 … up to a size that is free.
  return rangeNode(b, [start, limit, step], from === 0 && by === 1 ? (to ?? null) : null);
}

function rangeNode(b: Builder, bounds: readonly Value[], size: number | string | null): Value {
  const type = bounds[0]?.type ?? 'int32';
  const carried = kernelType('Range', type, b.opset);
  const names = bounds.map((bound) => b.hold(reshape(b, cast(b, bound, carried), [])));
  return cast(b, b.emit('Range', names, carried, [size]), type);
}

/** `count` numbers at equal distances, both ends among them. */
function linSpace(b: Builder, start: Value, stop: Value, count: Value): Value {
  const { type } = start;
  const steps = range(b, b.scalar(0, 'int32'), cast(b, count, 'int32'), b.scalar(1, 'int32'));
  const one = b.scalar(1, 'int32');
  const gaps = arithmetic(b, 'Max', arithmetic(b, 'Sub', cast(b, count, 'int32'), one), one);
  const step = arithmetic(b, 'Div', arithmetic(b, 'Sub', stop, start), cast(b, gaps, type));
  return arithmetic(b, 'Add', start, arithmetic(b, 'Mul', cast(b, steps, type), step));
}

/** Indices outside of 0 … depth − 1 have no place that is on; ONNX's OneHot would count from the end. */
const oneHot: TfOp = many((b, inputs, node) => {
  const [indices, depth, on, off] = [0, 1, 2, 3].map((at) => input(inputs, at)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const axis = intAttribute(node, 'axis', -1);
  const at = axis < 0 ? indices.rank : axis;
  const places = range(b, b.scalar(0, 'int32'), cast(b, depth, 'int32'), b.scalar(1, 'int32'));
  const wide: Known = [-1, ...upTo(indices.rank - at).map(() => 1)];
  const behind = reshape(b, cast(b, places, indices.type), wide);
  const isOn = comparison(b, 'Equal', unsqueeze(b, indices, [at]), behind);
  const isPlain = on.numbers?.[0] === 1 && off.numbers?.[0] === 0;
  return isPlain ? cast(b, isOn, on.type) : where(b, isOn, on, off);
});

export const SHAPING: TfOpTable = {
  Shape: one((b, x, node) => shapeOf(b, x, outType(node))),
  ShapeN: many((b, inputs, node) => inputs.map((x) => shapeOf(b, x, outType(node)))),
  Size: one((b, x, node) => sizeOfAll(b, x, outType(node))),
  Rank: one(rankOf),
  Fill: two((b, shape, value) => expand(b, value, shape)),
  Zeros: filled(0),
  Ones: filled(1),
  ZerosLike: likeness(0),
  OnesLike: likeness(1),
  BroadcastTo: two((b, x, shape) => expand(b, x, shape)),
  BroadcastArgs: two(broadcastArgs),
  Tile: two((b, x, repeats) => tile(b, x, repeats)),
  Range: three(range),
  LinSpace: three(linSpace),
  OneHot: oneHot,
};
