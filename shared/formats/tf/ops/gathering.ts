/** Elements and slices by index. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { frontAxis, isFixed, moreKnown, upTo } from '../../build/dims.ts';
import { concat, expand, gather } from '../../build/join.ts';
import { transpose, unsqueeze } from '../../build/reshape.ts';
import { shapeOf } from '../../build/shape-of.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { intAttribute } from '../attributes.ts';
import { input, many, numberOf, type TfOpTable, two } from '../op.ts';

/** The first `batchDims` axes are gone through side by side. */
function gatherBatched(
  b: Builder,
  x: Value,
  indices: Value,
  axis: number,
  batchDims: number,
): Value {
  const batch = batchDims < 0 ? batchDims + indices.rank : batchDims;
  const along = frontAxis(axis, x.rank);
  if (batch === 0) return gather(b, x, indices, along);
  if (batch > along)
    throw new Unconvertible(`it gathers along axis ${along} of ${batch} batch axes`);
  // The axis comes behind the batch, and what it jumped over goes back behind the batch afterwards.
  const jumped = upTo(along - batch).map((at) => batch + at);
  const moved = transpose(b, x, [
    ...upTo(batch),
    along,
    ...jumped,
    ...upTo(x.rank - along - 1).map((at) => along + 1 + at),
  ]);
  const picked = gatherNd(b, moved, unsqueeze(b, indices, [-1]), batch);
  const own = indices.rank - batch;
  return transpose(b, picked, [
    ...upTo(batch),
    ...jumped.map((at) => at + own),
    ...upTo(own).map((at) => batch + at),
    ...upTo(x.rank - along - 1).map((at) => batch + own + jumped.length + at),
  ]);
}

/** Slices `x[indices[…, 0], indices[…, 1], …]`, behind `batch` axes that are gone through side by side. */
export function gatherNd(b: Builder, x: Value, indices: Value, batch = 0): Value {
  const depth = indices.sizes.at(-1);
  if (!isFixed(depth)) throw new Unconvertible('the length of its indices is free');
  const lead = indices.sizes
    .slice(0, -1)
    .map((dim, axis) => (axis < batch ? moreKnown(dim, x.sizes[axis] ?? null) : dim));
  const rest = x.sizes.slice(batch + depth);
  if (depth === 0) return repeated(b, x, indices);
  const inputs = [b.hold(x), b.hold(cast(b, indices, 'int64'))];
  return b.emit('GatherND', inputs, x.type, [...lead, ...rest], {
    attributes: batch === 0 ? {} : { batch_dims: batch },
  });
}

/** Indices of no numbers name the whole. */
function repeated(b: Builder, x: Value, indices: Value): Value {
  const count = shapeOf(b, indices, 'int64');
  const lead = gather(b, count, b.numbers(upTo(indices.rank - 1), 'int64'));
  return expand(b, x, concat(b, [lead, shapeOf(b, x, 'int64')], 0));
}

export const GATHERING: TfOpTable = {
  Gather: two((b, x, indices) => gather(b, x, indices)),
  GatherV2: many((b, inputs, node) => {
    const [x, indices] = [input(inputs, 0), input(inputs, 1)];
    const axis = inputs[2] ? numberOf(inputs[2], 'axis') : intAttribute(node, 'axis', 0);
    return gatherBatched(b, x, indices, axis, intAttribute(node, 'batch_dims', 0));
  }),
  GatherNd: two((b, x, indices) => gatherNd(b, x, indices)),
  ResourceGather: two((b, x, indices, node) => {
    const batch = intAttribute(node, 'batch_dims', 0);
    return gatherBatched(b, x, indices, batch, batch);
  }),
  ResourceGatherNd: two((b, x, indices) => gatherNd(b, x, indices)),
};
