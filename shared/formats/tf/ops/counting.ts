/** How often numbers occur. */
import type { Builder } from '../../build/builder.ts';
import { cast, int64Name } from '../../build/cast.ts';
import { isFixed } from '../../build/dims.ts';
import { arithmetic } from '../../build/elementwise.ts';
import { reduce } from '../../build/reduce.ts';
import { reshape, unsqueeze } from '../../build/reshape.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute } from '../attributes.ts';
import { type TfOpTable, three } from '../op.ts';

/** Along the last axis of `x`: counts `[…, size]`, or sums of the weights, where there are any. */
function count(b: Builder, x: Value, size: Value, weights: Value, isBinary: boolean): Value {
  const { type } = weights;
  const number = size.numbers?.[0];
  const depth = b.hold(reshape(b, cast(b, size, 'int64'), [1]));
  // Numbers of `size` and more are counted nowhere: their row is all zeros.
  const onOff = b.hold(b.numbers([0, 1], isBinary || weights.sizes[0] === 0 ? 'int64' : 'float32'));
  const rows = b.emit(
    'OneHot',
    [int64Name(b, x), depth, onOff],
    isBinary || weights.sizes[0] === 0 ? 'int64' : 'float32',
    [...x.sizes, isFixed(number) ? number : null],
  );
  const axis = x.rank - 1;
  if (isBinary) return cast(b, reduce(b, 'ReduceMax', rows, [axis], false), type);
  if (weights.sizes[0] === 0) return cast(b, reduce(b, 'ReduceSum', rows, [axis], false), type);
  const weight = unsqueeze(b, cast(b, weights, 'float32'), [weights.rank]);
  return cast(b, reduce(b, 'ReduceSum', arithmetic(b, 'Mul', rows, weight), [axis], false), type);
}

export const COUNTING: TfOpTable = {
  Bincount: three((b, x, size, weights) =>
    count(b, reshape(b, x, [-1]), size, flat(b, weights), false),
  ),
  DenseBincount: three((b, x, size, weights, node) =>
    count(b, x, size, weights, boolAttribute(node, 'binary_output')),
  ),
};

const flat = (b: Builder, x: Value): Value => (x.sizes[0] === 0 ? x : reshape(b, x, [-1]));
