/** Pools over windows, over everything, and to a given size. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { isFixed, upTo } from '../../build/dims.ts';
import { arithmetic, broadcast } from '../../build/elementwise.ts';
import { concat } from '../../build/join.ts';
import { reduce } from '../../build/reduce.ts';
import { unsqueeze } from '../../build/reshape.ts';
import { slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { pool } from '../../build/window.ts';
import { withChannelsLast } from '../channels.ts';
import { flagOf, isChannelsFirst, sizesOf, spatialInputOf } from '../config.ts';
import type { Layer, LayerTable } from '../layer.ts';
import { paddingOf } from './convolution.ts';

type PoolOp = 'MaxPool' | 'AveragePool';

const pooling =
  (op: PoolOp, spatial: number): Layer =>
  (call) => {
    const { b, config } = call;
    const kernel = sizesOf(config, 'pool_size', spatial, 2);
    const strides = sizesOf(config, 'strides', spatial, kernel);
    return withChannelsLast(b, config, spatialInputOf(call, spatial), (x) =>
      pool(b, op, x, { kernel, strides, padding: paddingOf(config, kernel) }),
    );
  };

const globalPooling =
  (op: 'ReduceMax' | 'ReduceMean', spatial: number): Layer =>
  (call) => {
    const { b, config, masks } = call;
    const x = spatialInputOf(call, spatial);
    const first = isChannelsFirst(config) ? 2 : 1;
    const axes = upTo(spatial).map((axis) => axis + first);
    const keepDims = flagOf(config, 'keepdims', false);
    const [mask] = masks;
    if (!mask || op === 'ReduceMax' || spatial !== 1) return reduce(b, op, x, axes, keepDims);
    // Only steps that count are summed and counted.
    const wide = unsqueeze(b, mask, [first === 1 ? 2 : 1]);
    const kept = broadcast(b, 'Where', [cast(b, wide, 'bool'), x, b.scalar(0, x.type)], x.type);
    const count = reduce(b, 'ReduceSum', cast(b, wide, x.type), axes, keepDims);
    const mean = arithmetic(b, 'Div', reduce(b, 'ReduceSum', kept, axes, keepDims), count);
    return { outputs: [mean], mask: undefined };
  };

/** Windows along one axis that together make `count` results, by the rules of PyTorch. */
function adaptAxis(
  b: Builder,
  op: 'ReduceMax' | 'ReduceMean',
  x: Value,
  axis: number,
  count: number,
): Value {
  const size = x.sizes[axis];
  if (!isFixed(size)) throw new Unconvertible('it pools a free size to a fixed one');
  if (size === count) return x;
  const parts = upTo(count).map((index) => {
    const start = Math.floor((index * size) / count);
    const end = Math.ceil(((index + 1) * size) / count);
    return reduce(b, op, slice(b, x, [{ axis, start, end, step: 1 }]), [axis], true);
  });
  return concat(b, parts, axis);
}

/** More results than this along one axis would be more nodes than anybody wants. */
const MAX_ADAPTIVE = 512;

const adaptive =
  (op: 'ReduceMax' | 'ReduceMean', spatial: number): Layer =>
  (call) => {
    const { b, config } = call;
    const sizes = sizesOf(config, 'output_size', spatial);
    if (sizes.some((size) => size < 1 || size > MAX_ADAPTIVE))
      throw new Unconvertible(`it pools to the sizes ${sizes.join(' × ')}`);
    return withChannelsLast(b, config, spatialInputOf(call, spatial), (x) => {
      const isEven = sizes.every((size, axis) => {
        const whole = x.sizes[axis + 1];
        return isFixed(whole) && whole % size === 0;
      });
      if (isEven) {
        const kernel = sizes.map((size, axis) => Number(x.sizes[axis + 1]) / size);
        const poolOp = op === 'ReduceMax' ? 'MaxPool' : 'AveragePool';
        return pool(b, poolOp, x, { kernel, strides: kernel, padding: 'VALID' });
      }
      return sizes.reduce((value, size, axis) => adaptAxis(b, op, value, axis + 1, size), x);
    });
  };

const ranks = (prefix: string, make: (spatial: number) => Layer): LayerTable =>
  Object.fromEntries([1, 2, 3].map((spatial) => [`${prefix}${spatial}D`, make(spatial)]));

export const POOLING_LAYERS: LayerTable = {
  ...ranks('MaxPooling', (spatial) => pooling('MaxPool', spatial)),
  ...ranks('MaxPool', (spatial) => pooling('MaxPool', spatial)),
  ...ranks('AveragePooling', (spatial) => pooling('AveragePool', spatial)),
  ...ranks('AvgPool', (spatial) => pooling('AveragePool', spatial)),
  ...ranks('GlobalMaxPooling', (spatial) => globalPooling('ReduceMax', spatial)),
  ...ranks('GlobalMaxPool', (spatial) => globalPooling('ReduceMax', spatial)),
  ...ranks('GlobalAveragePooling', (spatial) => globalPooling('ReduceMean', spatial)),
  ...ranks('GlobalAvgPool', (spatial) => globalPooling('ReduceMean', spatial)),
  ...ranks('AdaptiveMaxPooling', (spatial) => adaptive('ReduceMax', spatial)),
  ...ranks('AdaptiveAveragePooling', (spatial) => adaptive('ReduceMean', spatial)),
};
