/** What all attention layers share: masks, and the softmax over what is left. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { isFixed, upTo } from '../../build/dims.ts';
import { arithmetic, broadcast, comparison, unary } from '../../build/elementwise.ts';
import { alongAxis, reduce } from '../../build/reduce.ts';
import { unsqueeze } from '../../build/reshape.ts';
import { sizeName } from '../../build/shape-of.ts';
import type { Value } from '../../build/value.ts';

/** `0 … size − 1` of an axis as int64, `[size]`. */
export function positions(b: Builder, x: Value, axis: number): Value {
  const size = x.sizes[axis];
  if (isFixed(size)) return b.numbers(upTo(size), 'int64');
  const length = b.node('Squeeze', [sizeName(b, x, axis), b.ints([0])])[0] ?? '';
  const [from, step] = [b.scalar(0, 'int64'), b.scalar(1, 'int64')];
  return b.emit('Range', [b.hold(from), length, b.hold(step)], 'int64', [size ?? null]);
}

/** `[T, S]` of bool: whether the step of the query is not before that of the value. */
export function causalMask(
  b: Builder,
  query: Value,
  value: Value,
  queryAxis = 1,
  valueAxis = 1,
): Value {
  const rows = unsqueeze(b, positions(b, query, queryAxis), [1]);
  return comparison(b, 'GreaterOrEqual', rows, unsqueeze(b, positions(b, value, valueAxis), [0]));
}

/** `[T, S]` of bool: whether both steps are less than `window` apart. */
export function windowMask(b: Builder, query: Value, value: Value, window: number): Value {
  const rows = unsqueeze(b, positions(b, query, 1), [1]);
  const apart = arithmetic(b, 'Sub', rows, unsqueeze(b, positions(b, value, 1), [0]));
  return comparison(b, 'Less', unary(b, 'Abs', apart), b.scalar(window, 'int64'));
}

/** Those that are there, all of them true. */
export const allOf = (b: Builder, masks: readonly (Value | undefined)[]): Value | undefined =>
  masks
    .filter((mask) => mask !== undefined)
    .map((mask) => cast(b, mask, 'bool'))
    .reduce<Value | undefined>(
      (all, mask) => (all ? broadcast(b, 'And', [all, mask], 'bool') : mask),
      undefined,
    );

/** What scores of masked places are set to, as Keras does: out of the sum, and even where all are masked. */
const masked = (x: Value): number => (x.type === 'float16' ? -3e4 : -1e9);

/** Scores of places that are not in the mask count nothing. */
export const applyMask = (b: Builder, scores: Value, mask: Value | undefined): Value =>
  mask
    ? broadcast(b, 'Where', [mask, scores, b.scalar(masked(scores), scores.type)], scores.type)
    : scores;

/** Softmax over one or several axes together. */
export function softmaxOver(b: Builder, x: Value, axes: readonly number[]): Value {
  const [axis, ...more] = axes;
  if (axis !== undefined && more.length === 0) return alongAxis(b, 'Softmax', x, axis);
  return unary(b, 'Exp', arithmetic(b, 'Sub', x, reduce(b, 'ReduceLogSumExp', x, axes, true)));
}
