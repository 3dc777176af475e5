/** Layers that give a value another shape. */
import { cast } from '../../build/cast.ts';
import { type Dim, isFixed, sizeOf, upTo } from '../../build/dims.ts';
import { broadcast, unary } from '../../build/elementwise.ts';
import { tile } from '../../build/join.ts';
import { reduce } from '../../build/reduce.ts';
import { reshape, transpose, unsqueeze } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import { channelsToBack } from '../channels.ts';
import { describe, inputOf, isChannelsFirst, isList, numberOf } from '../config.ts';
import type { Layer, LayerTable } from '../layer.ts';

const flatten: Layer = (call) => {
  const { b, config } = call;
  const given = inputOf(call);
  const x = isChannelsFirst(config) && given.rank > 2 ? channelsToBack(b, given) : given;
  const rest = x.sizes.slice(1);
  return reshape(b, x, [x.sizes[0] ?? null, rest.every(isFixed) ? sizeOf(rest) : -1]);
};

const reshaping: Layer = (call) => {
  const { b, config } = call;
  const x = inputOf(call);
  const target = config.target_shape;
  if (!isList(target)) throw new Unconvertible(`its target shape is ${describe(target)}`);
  const sizes = target.map((size): Dim => (typeof size === 'number' ? size : -1));
  const rest = x.sizes.slice(1);
  const free = sizes.indexOf(-1);
  // What −1 stands for is told by the other sizes of the sample, so that the batch may stay free.
  if (free >= 0 && rest.every(isFixed)) {
    const others = sizeOf(sizes.toSpliced(free, 1).filter(isFixed));
    if (others > 0 && sizeOf(rest) % others === 0) sizes[free] = sizeOf(rest) / others;
  }
  return reshape(b, x, [x.sizes[0] ?? null, ...sizes]);
};

const permute: Layer = (call) => {
  const { dims } = call.config;
  const x = inputOf(call);
  const axes = isList(dims) ? dims.map(Number) : [];
  if (axes.length !== x.rank - 1 || upTo(axes.length).some((axis) => !axes.includes(axis + 1)))
    throw new Unconvertible(`its order of axes is ${describe(dims)}`);
  return transpose(call.b, x, [0, ...axes]);
};

const repeatVector: Layer = (call) => {
  const { b, config } = call;
  const count = numberOf(config, 'n');
  return tile(b, unsqueeze(b, inputOf(call), [1]), b.numbers([1, count, 1], 'int64'));
};

/** Steps whose features all equal a value do not count from here on, and become zero. */
const masking: Layer = (call) => {
  const { b, config } = call;
  const x = inputOf(call);
  const equal = broadcast(
    b,
    'Equal',
    [x, b.scalar(numberOf(config, 'mask_value', 0), x.type)],
    'bool',
  );
  const differs = cast(b, unary(b, 'Not', equal), 'int32');
  const counts = (keepDims: boolean) =>
    cast(b, reduce(b, 'ReduceMax', differs, [-1], keepDims), 'bool');
  const value = broadcast(b, 'Where', [counts(true), x, b.scalar(0, x.type)], x.type);
  return { outputs: [value], mask: counts(false) };
};

export const SHAPING_LAYERS: LayerTable = {
  Flatten: flatten,
  Reshape: reshaping,
  Permute: permute,
  RepeatVector: repeatVector,
  Masking: masking,
};
