/** Operation nodes that sum up along axes: reductions, statistics, norms, running sums. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { isFixed, upTo } from '../../build/dims.ts';
import { arithmetic, broadcast, comparison, unary } from '../../build/elementwise.ts';
import { argReduce, type Reduction, reduce } from '../../build/reduce.ts';
import { reshape } from '../../build/reshape.ts';
import { pad, slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import type { LayerTable } from '../layer.ts';
import { asFloat, type Operation, type OperationCall, operations } from './operations-call.ts';

/** How Keras sums short integers and truth values. */
function asSummable(b: Builder, x: Value): Value {
  if (/^(bool|int8|int16)$/.test(x.type)) return cast(b, x, 'int32');
  return /^uint(8|16)$/.test(x.type) ? cast(b, x, 'uint32') : x;
}

const axesOf = (call: OperationCall): readonly number[] | undefined => call.maybeInts('axis');

const over =
  (op: Reduction, as: (b: Builder, x: Value) => Value = (_, x) => x): Operation =>
  (call) =>
    reduce(call.b, op, as(call.b, call.tensor('x', 0)), axesOf(call), call.flag('keepdims'));

const mean = (b: Builder, x: Value, axes: readonly number[] | undefined, keep: boolean): Value =>
  reduce(b, 'ReduceMean', x, axes, keep);

function variance(b: Builder, x: Value, axes: readonly number[] | undefined, keep: boolean): Value {
  const apart = arithmetic(b, 'Sub', x, mean(b, x, axes, true));
  return mean(b, arithmetic(b, 'Mul', apart, apart), axes, keep);
}

/** Whether all, or any, are true. */
const truth =
  (op: 'ReduceMin' | 'ReduceMax'): Operation =>
  (call) => {
    const { b } = call;
    const bits = cast(b, cast(b, call.tensor('x', 0), 'bool'), 'int32');
    return cast(b, reduce(b, op, bits, axesOf(call), call.flag('keepdims')), 'bool');
  };

/** Extremes, with a bound that takes part where it is given. */
const extreme =
  (op: 'Max' | 'Min'): Operation =>
  (call) => {
    const x = call.tensor('x', 0);
    const made = reduce(call.b, `Reduce${op}`, x, axesOf(call), call.flag('keepdims'));
    const initial = call.maybe('initial');
    return initial ? broadcast(call.b, op, [made, cast(call.b, initial, x.type)], x.type) : made;
  };

/** The value itself along an axis, or all of it as a vector when there is none. */
function lineOf(call: OperationCall, name = 'x'): { readonly x: Value; readonly axis: number } {
  const x = call.tensor(name, 0);
  const axes = axesOf(call);
  if (axes === undefined) return { x: reshape(call.b, x, [-1]), axis: 0 };
  return { x, axis: axes[0] ?? 0 };
}

const place =
  (op: 'ArgMax' | 'ArgMin'): Operation =>
  (call) => {
    const { x, axis } = lineOf(call);
    const keep = call.flag('keepdims') && axesOf(call) !== undefined;
    return cast(call.b, argReduce(call.b, op, asOrdered(call.b, x), axis, keep), 'int32');
  };

/** Truth values are compared as numbers, and so is what onnxruntime has no kernel for. */
export const asOrdered = (b: Builder, x: Value): Value =>
  /^(bool|u?int16|uint32)$/.test(x.type)
    ? cast(b, x, 'int32')
    : x.type === 'int64'
      ? cast(b, x, 'int32')
      : x;

function cumulativeSum(call: OperationCall): Value {
  const { b } = call;
  const { x, axis } = lineOf(call);
  const from = asSummable(b, x);
  const front = axis < 0 ? axis + from.rank : axis;
  const sum = b.emit(
    'CumSum',
    [b.hold(from), b.hold(b.scalar(front, 'int64'))],
    from.type,
    from.sizes,
  );
  return cast(b, sum, call.type('dtype', from.type));
}

/** Products double their reach with each step. */
function cumulativeProduct(call: OperationCall): Value {
  const { b } = call;
  const { x, axis } = lineOf(call);
  const from = asSummable(b, x);
  const front = axis < 0 ? axis + from.rank : axis;
  const size = from.sizes[front];
  if (!isFixed(size)) throw new Unconvertible('it multiplies along an axis of free size');
  let made = from;
  for (let reach = 1; reach < size; reach *= 2) {
    const head = slice(b, made, [{ axis: front, start: 0, end: size - reach, step: 1 }]);
    const margins = upTo(from.rank).map((at) => [at === front ? reach : 0, 0] as const);
    made = arithmetic(b, 'Mul', made, pad(b, head, margins, 'constant', b.scalar(1, from.type)));
  }
  return cast(b, made, call.type('dtype', from.type));
}

/** Vector norms over one axis or all, matrix norms over two. */
export function norm(
  b: Builder,
  x: Value,
  order: number | string | undefined,
  axes: readonly number[] | undefined,
  keep: boolean,
): Value {
  const over = axes ?? upTo(x.rank);
  if (order === undefined || order === 'fro' || (order === 2 && over.length === 1))
    return reduce(b, 'ReduceL2', x, over, keep);
  if (over.length === 1) return vectorNorm(b, x, order, over, keep);
  const sign = order === 'inf' || order === 1 ? 'ReduceMax' : 'ReduceMin';
  const [rows = 0, columns = 1] = over.map((axis) => (axis < 0 ? axis + x.rank : axis));
  if (over.length === 2 && (order === 1 || order === -1 || order === 'inf' || order === '-inf')) {
    const [first, second] = typeof order === 'number' ? [rows, columns] : [columns, rows];
    const sums = reduce(b, 'ReduceSum', unary(b, 'Abs', x), [first], true);
    const made = reduce(b, sign, sums, [second], true);
    return keep ? made : reduce(b, 'ReduceSum', made, [rows, columns], false);
  }
  throw new Unconvertible(`the norm of order ${order} over ${over.length} axes`);
}

function vectorNorm(
  b: Builder,
  x: Value,
  order: number | string,
  axes: readonly number[],
  keep: boolean,
): Value {
  const size = unary(b, 'Abs', x);
  if (order === 1) return reduce(b, 'ReduceL1', x, axes, keep);
  if (order === 'inf') return reduce(b, 'ReduceMax', size, axes, keep);
  if (order === '-inf') return reduce(b, 'ReduceMin', size, axes, keep);
  if (typeof order !== 'number') throw new Unconvertible(`the norm of order ${order}`);
  if (order === 0) {
    const isThere = unary(b, 'Not', comparison(b, 'Equal', x, b.scalar(0, x.type)));
    return reduce(b, 'ReduceSum', cast(b, isThere, x.type), axes, keep);
  }
  const powers = arithmetic(b, 'Pow', size, b.scalar(order, x.type));
  const sum = reduce(b, 'ReduceSum', powers, axes, keep);
  return arithmetic(b, 'Pow', sum, b.scalar(1 / order, x.type));
}

/** The order of a norm: a number, a name, or infinity as JSON of Python writes it. */
export function orderOf(call: OperationCall, name: string): number | string | undefined {
  const order = call.argument(name);
  if (order === undefined || typeof order === 'string') return order?.toLowerCase();
  const value = call.number(name);
  return value === Number.POSITIVE_INFINITY
    ? 'inf'
    : value === Number.NEGATIVE_INFINITY
      ? '-inf'
      : value;
}

function average(call: OperationCall): Value {
  const { b } = call;
  const x = call.float('x', 0);
  const axes = axesOf(call);
  const given = call.maybe('weights', 1);
  if (!given) return mean(b, x, axes, false);
  const weights = cast(b, given, x.type);
  const [axis = 0] = axes ?? [];
  const front = axis < 0 ? axis + x.rank : axis;
  const spread =
    weights.rank === 1 && x.rank > 1
      ? reshape(
          b,
          weights,
          upTo(x.rank).map((at) => (at === front ? (weights.sizes[0] ?? null) : 1)),
        )
      : weights;
  const sum = reduce(b, 'ReduceSum', arithmetic(b, 'Mul', x, spread), axes, false);
  const total = reduce(b, 'ReduceSum', spread, spread.rank === x.rank ? axes : undefined, false);
  return arithmetic(b, 'Div', sum, total);
}

function difference(call: OperationCall): Value {
  const { b } = call;
  let x = call.tensor('a', 0);
  const [axis = -1] = axesOf(call) ?? [];
  const front = axis < 0 ? axis + x.rank : axis;
  for (let count = call.number('n', 1); count > 0; count--) {
    const later = slice(b, x, [{ axis: front, start: 1, end: null, step: 1 }]);
    const earlier = slice(b, x, [{ axis: front, start: null, end: -1, step: 1 }]);
    x = arithmetic(b, 'Sub', later, earlier);
  }
  return x;
}

/** How often `n` of a difference may be taken: beyond, a file means harm. */
const MAX_DIFFERENCES = 64;

export const OPERATIONS_REDUCE: LayerTable = operations({
  All: truth('ReduceMin'),
  Any: truth('ReduceMax'),
  Amax: over('ReduceMax'),
  Amin: over('ReduceMin'),
  Max: extreme('Max'),
  Min: extreme('Min'),
  Argmax: place('ArgMax'),
  Argmin: place('ArgMin'),
  Average: average,
  CountNonzero: (call) => {
    const { b } = call;
    const isThere = cast(b, cast(b, call.tensor('x', 0), 'bool'), 'int32');
    return reduce(b, 'ReduceSum', isThere, axesOf(call), false);
  },
  Cumsum: cumulativeSum,
  Cumprod: cumulativeProduct,
  Diff: (call) => {
    if (call.number('n', 1) > MAX_DIFFERENCES)
      throw new Unconvertible(`differences of order ${call.number('n', 1)}`);
    return difference(call);
  },
  Logsumexp: over('ReduceLogSumExp', asFloat),
  Mean: over('ReduceMean', asFloat),
  Moments: (call) => {
    const { b } = call;
    const x = call.float('x', 0);
    const axes = call.ints('axes');
    const keep = call.flag('keepdims');
    return [mean(b, x, axes, keep), variance(b, x, axes, keep)];
  },
  Norm: (call) =>
    norm(call.b, call.float('x', 0), orderOf(call, 'ord'), axesOf(call), call.flag('keepdims')),
  Prod: (call) => {
    const x = asSummable(call.b, call.tensor('x', 0));
    const made = reduce(call.b, 'ReduceProd', x, axesOf(call), call.flag('keepdims'));
    return cast(call.b, made, call.type('dtype', made.type));
  },
  Ptp: (call) => {
    const x = call.tensor('x', 0);
    const ends = (['ReduceMax', 'ReduceMin'] as const).map((op) =>
      reduce(call.b, op, x, axesOf(call), call.flag('keepdims')),
    );
    return broadcast(call.b, 'Sub', ends, x.type);
  },
  Std: (call) => {
    const x = call.float('x', 0);
    return unary(call.b, 'Sqrt', variance(call.b, x, axesOf(call), call.flag('keepdims')));
  },
  Sum: over('ReduceSum', asSummable),
  Var: (call) => variance(call.b, call.float('x', 0), axesOf(call), call.flag('keepdims')),
});
