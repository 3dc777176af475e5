/** Filters of low rank over features and time, which remember what they saw. */
import type { Builder } from '../../build/builder.ts';
import { isFixed } from '../../build/dims.ts';
import { arithmetic } from '../../build/elementwise.ts';
import { concat } from '../../build/join.ts';
import { matmul } from '../../build/matmul.ts';
import { reduce } from '../../build/reduce.ts';
import { reshape, unsqueeze } from '../../build/reshape.ts';
import { slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { intAttribute } from '../../tf/attributes.ts';
import { many, type TfOpTable } from '../../tf/op.ts';
import type { TfNode } from '../../tf/tf-graph.ts';

/**
 * One step of a filter of low rank: `x [batch, inputs]`, features `[filters, inputs]`, time
 * `[filters, memory]`, state `[batch, filters · memory]`. Gives `[batch, filters / rank]` and the next state.
 */
function svdf(b: Builder, inputs: readonly Value[], node: TfNode): readonly Value[] {
  const [x, features, time, state, bias] = inputs;
  const rank = intAttribute(node, 'rank', 1);
  if (!x || !features || !time || !state) throw new Unconvertible('it lacks weights or state');
  const [filters, memory] = time.sizes;
  const [batch = null] = state.sizes;
  if (!isFixed(filters) || !isFixed(memory) || filters % rank !== 0)
    throw new Unconvertible('its weights have a free size');
  const newest = unsqueeze(b, matmul(b, x, features, { transposeRight: true }), [2]);
  const before = reshape(b, state, [batch, filters, memory]);
  const kept = slice(b, before, [{ axis: 2, start: 1, end: null, step: 1 }]);
  const next = memory === 1 ? newest : concat(b, [kept, newest], 2);
  const filtered = reduce(b, 'ReduceSum', arithmetic(b, 'Mul', next, time), [2], false);
  const units = reshape(b, filtered, [batch, filters / rank, rank]);
  const sum = reduce(b, 'ReduceSum', units, [2], false);
  return [
    bias ? arithmetic(b, 'Add', sum, bias) : sum,
    reshape(b, next, [batch, filters * memory]),
  ];
}

export const TFLITE_SVDF: TfOpTable = {
  _TfliteSvdf: many(svdf),
};
