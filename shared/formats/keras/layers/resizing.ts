/** Layers that add, cut or repeat along spatial axes. */

import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { inKernelType } from '../../build/compute-type.ts';
import { type Dim, isFixed, upTo } from '../../build/dims.ts';
import { arithmetic } from '../../build/elementwise.ts';
import { channelsFirst } from '../../build/order.ts';
import { resize } from '../../build/resize.ts';
import { shapeOf } from '../../build/shape-of.ts';
import { type Padding, pad, slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { withChannelsLast } from '../channels.ts';
import { describe, isList, sizesOf, spatialInputOf, textOf } from '../config.ts';
import type { JsonObject, Layer, LayerTable } from '../layer.ts';

/** Margins from one number, one for each axis, or a pair for each axis. */
function marginsOf(config: JsonObject, key: string, spatial: number, fallback: number): Padding {
  const value = config[key] ?? fallback;
  const isPair = (item: unknown): item is readonly [number, number] =>
    Array.isArray(item) && item.length === 2 && item.every(Number.isSafeInteger);
  if (spatial === 1 && isPair(value)) return [value];
  const pairs = isList(value) ? value.flatMap((item) => (isPair(item) ? [item] : [])) : [];
  if (pairs.length === spatial) return pairs;
  return sizesOf(config, key, spatial).map((size) => [size, size] as const);
}

const zeroPadding =
  (spatial: number): Layer =>
  (call) => {
    const { b, config } = call;
    const margins = marginsOf({ padding: 1, ...config }, 'padding', spatial, 1);
    return withChannelsLast(b, config, spatialInputOf(call, spatial), (x) =>
      pad(b, x, [[0, 0], ...margins, [0, 0]]),
    );
  };

const cropping =
  (spatial: number): Layer =>
  (call) => {
    const { b, config } = call;
    const margins = marginsOf({ cropping: 1, ...config }, 'cropping', spatial, 1);
    return withChannelsLast(b, config, spatialInputOf(call, spatial), (x) =>
      slice(
        b,
        x,
        margins.map(([before, after], axis) => ({
          axis: axis + 1,
          start: before === 0 ? null : before,
          end: after === 0 ? null : -after,
          step: 1,
        })),
      ),
    );
  };

/** Every element `factor` times along each spatial axis. */
export function repeatElements(b: Builder, x: Value, factors: readonly number[]): Value {
  if (factors.every((factor) => factor === 1)) return x;
  const spatial = factors.length;
  const order = channelsFirst(spatial);
  const shape = x.sizes.map((size, axis): Dim => {
    const factor = factors[axis - 1] ?? 1;
    return factor === 1 ? size : isFixed(size) ? size * factor : null;
  });
  return inKernelType(b, 'Resize', [x], ([input = x]) =>
    b.emit('Resize', [b.hold(input, order), '', b.floats([1, 1, ...factors])], input.type, shape, {
      attributes: {
        mode: 'nearest',
        coordinate_transformation_mode: 'asymmetric',
        nearest_mode: 'floor',
      },
      order,
    }),
  );
}

const MODES: Readonly<Record<string, 'linear' | 'cubic'>> = {
  bilinear: 'linear',
  bicubic: 'cubic',
};

const upSampling =
  (spatial: number): Layer =>
  (call) => {
    const { b, config } = call;
    const factors = sizesOf(config, 'size', spatial, 2);
    const interpolation = textOf(config, 'interpolation', 'nearest');
    return withChannelsLast(b, config, spatialInputOf(call, spatial), (x) => {
      if (interpolation === 'nearest') return repeatElements(b, x, factors);
      const mode = Object.hasOwn(MODES, interpolation) ? MODES[interpolation] : undefined;
      if (!mode || spatial !== 2)
        throw new Unconvertible(`its interpolation is ${describe(interpolation)}`);
      return resize(b, x, enlarged(b, x, factors), mode, 'half-pixel');
    });
  };

/** The sizes of the spatial axes times their factors. */
function enlarged(b: Builder, x: Value, factors: readonly number[]): Value {
  const sizes = x.sizes.slice(1, -1);
  if (sizes.every(isFixed))
    return b.numbers(
      sizes.map((size, axis) => size * (factors[axis] ?? 1)),
      'int64',
    );
  const spatial = slice(b, shapeOf(b, x, 'int64'), [{ axis: 0, start: 1, end: -1, step: 1 }]);
  return arithmetic(b, 'Mul', cast(b, spatial, 'int64'), b.numbers(factors, 'int64'));
}

export const RESIZING_LAYERS: LayerTable = Object.fromEntries(
  upTo(3).flatMap((index) => {
    const spatial = index + 1;
    return [
      [`ZeroPadding${spatial}D`, zeroPadding(spatial)],
      [`Cropping${spatial}D`, cropping(spatial)],
      [`UpSampling${spatial}D`, upSampling(spatial)],
    ];
  }),
);
