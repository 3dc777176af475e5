/** Layers that make one value of several. */
import type { Builder } from '../../build/builder.ts';
import { frontAxis, upTo } from '../../build/dims.ts';
import { arithmetic } from '../../build/elementwise.ts';
import { concat } from '../../build/join.ts';
import { matmul } from '../../build/matmul.ts';
import { reduce } from '../../build/reduce.ts';
import { reshape, squeeze, transpose, unsqueeze } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { describe, flagOf, isList, numberOf } from '../config.ts';
import type { Layer, LayerTable } from '../layer.ts';
import { joinedMask, maskedExtreme, maskedProduct, mergedMask } from './merged-mask.ts';

/** Inputs of one rank: those of fewer axes get axes of size 1 behind the batch. */
function ofOneRank(b: Builder, inputs: readonly Value[]): readonly Value[] {
  const rank = Math.max(...inputs.map((input) => input.rank));
  return inputs.map((input) =>
    unsqueeze(
      b,
      input,
      upTo(rank - input.rank).map((axis) => axis + 1),
    ),
  );
}

const merge =
  (op: string): Layer =>
  (call) => {
    const { b, keras, masks } = call;
    const inputs = ofOneRank(b, call.inputs);
    if (inputs.length === 0) throw new Unconvertible('it is called without inputs');
    const step = (x: Value, y: Value): Value => arithmetic(b, op, x, y);
    const isMasked = keras === 3 && masks.some((mask) => mask);
    const merged =
      isMasked && op === 'Mul'
        ? maskedProduct(call, inputs, step)
        : isMasked && (op === 'Max' || op === 'Min')
          ? maskedExtreme(call, inputs, step)
          : inputs.reduce(step);
    return { outputs: [merged], mask: mergedMask(call) };
  };

const average: Layer = (call) => {
  const { b, inputs } = call;
  const [first, ...rest] = ofOneRank(b, inputs);
  if (!first) throw new Unconvertible('it is called without inputs');
  const sum = rest.reduce((total, input) => arithmetic(b, 'Add', total, input), first);
  const mean = arithmetic(b, 'Div', sum, b.scalar(inputs.length, sum.type));
  return { outputs: [mean], mask: mergedMask(call) };
};

const concatenate: Layer = (call) => {
  const { b, config, inputs } = call;
  const axis = numberOf(config, 'axis', -1);
  const value = concat(b, inputs, axis);
  return { outputs: [value], mask: joinedMask(call, frontAxis(axis, value.rank)) };
};

/** Scalar products along one axis of each, batch by batch (`batch_dot` of Keras). */
const dot: Layer = (call) => {
  const { b, config, inputs } = call;
  const [left, right] = inputs;
  if (!left || !right) throw new Unconvertible('it is called with fewer than two inputs');
  const given = config.axes;
  const pair = isList(given) ? given : [given, given];
  const [a0, a1] = pair;
  if (typeof a0 !== 'number' || typeof a1 !== 'number')
    throw new Unconvertible(`its axes are ${describe(given)}`);
  const leftAxis = frontAxis(a0, left.rank);
  const rightAxis = frontAxis(a1, right.rank);
  const isNormal = flagOf(config, 'normalize', false);
  const x = isNormal ? normalized(b, left, leftAxis) : left;
  const y = isNormal ? normalized(b, right, rightAxis) : right;
  const value = batchDot(b, x, leftAxis, y, rightAxis);
  return { outputs: [value], mask: undefined };
};

function normalized(b: Builder, x: Value, axis: number): Value {
  const square = reduce(b, 'ReduceSum', arithmetic(b, 'Mul', x, x), [axis], true);
  const bounded = arithmetic(b, 'Max', square, b.scalar(1e-12, x.type));
  return arithmetic(
    b,
    'Div',
    x,
    b.emit('Sqrt', [b.holdAsIs(bounded)], x.type, bounded.shape, { order: bounded.order }),
  );
}

function batchDot(b: Builder, x: Value, xAxis: number, y: Value, yAxis: number): Value {
  const others = (rank: number, axis: number): number[] =>
    upTo(rank).filter((item) => item !== 0 && item !== axis);
  const left = transpose(b, x, [0, ...others(x.rank, xAxis), xAxis]);
  const right = transpose(b, y, [0, yAxis, ...others(y.rank, yAxis)]);
  const rows = left.sizes.slice(1, -1);
  const columns = right.sizes.slice(2);
  // All other axes of each become one: [N, rows, depth] · [N, depth, columns].
  const flatLeft =
    rows.length === 1
      ? left
      : rows.length === 0
        ? unsqueeze(b, left, [1])
        : reshape(b, left, [left.sizes[0] ?? null, -1, left.sizes.at(-1) ?? null]);
  const flatRight =
    columns.length === 1
      ? right
      : columns.length === 0
        ? unsqueeze(b, right, [2])
        : reshape(b, right, [right.sizes[0] ?? null, right.sizes[1] ?? null, -1]);
  const product = matmul(b, flatLeft, flatRight);
  if (rows.length <= 1 && columns.length <= 1) {
    // Two vectors leave one number.
    const gone = [
      ...(rows.length === 0 ? [1] : []),
      ...(columns.length === 0 && rows.length > 0 ? [2] : []),
    ];
    return squeeze(b, product, gone);
  }
  return reshape(b, product, [
    product.sizes[0] ?? null,
    ...(rows.length === 0 ? [] : rows),
    ...columns,
  ]);
}

export const MERGING_LAYERS: LayerTable = {
  Add: merge('Add'),
  Subtract: merge('Sub'),
  Multiply: merge('Mul'),
  Maximum: merge('Max'),
  Minimum: merge('Min'),
  Average: average,
  Concatenate: concatenate,
  Dot: dot,
};
