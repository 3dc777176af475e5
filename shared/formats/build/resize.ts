/** Images in other sizes. */
import type { Builder } from './builder.ts';
import { int64Name } from './cast.ts';
import { channelsFirst } from './order.ts';
import type { Value } from './value.ts';

/** How a place of the result is mapped to one of the input, as TensorFlow names it. */
export type PixelPlaces = 'asymmetric' | 'half-pixel' | 'align-corners';

const COORDINATES = {
  asymmetric: 'asymmetric',
  'half-pixel': 'half_pixel',
  'align-corners': 'align_corners',
} as const;

/**
 * `[N, H, W, C]` to the sizes `[2]`. Nearest rounds down without alignment, and half up with one.
 * Cubic is Keys' with a = −0.5 under half-pixel centers, weights outside left out (TensorFlow), −0.75 else.
 */
export function resize(
  b: Builder,
  x: Value,
  size: Value,
  mode: 'nearest' | 'linear' | 'cubic',
  places: PixelPlaces,
): Value {
  const order = channelsFirst(2);
  const [height = null, width = null] = size.known ?? [];
  const shape = [x.sizes[0] ?? null, height, width, x.sizes[3] ?? null];
  // Sizes of all axes: only the spatial ones may be named before opset 18.
  const sizes = b.opset >= 18 ? int64Name(b, size) : allSizes(b, x, size);
  return b.emit('Resize', [b.hold(x, order), '', '', sizes], x.type, shape, {
    attributes: {
      mode,
      coordinate_transformation_mode: COORDINATES[places],
      ...(b.opset >= 18 && { axes: [2, 3] }),
      ...(mode === 'nearest' && {
        nearest_mode:
          places === 'asymmetric'
            ? 'floor'
            : places === 'half-pixel'
              ? 'floor'
              : 'round_prefer_ceil',
      }),
    },
    order,
  });
}

function allSizes(b: Builder, x: Value, size: Value): string {
  const name = b.hold(x, channelsFirst(2));
  const first = b.node('Shape', [name], { start: 0, end: 2 })[0] ?? '';
  return b.node('Concat', [first, int64Name(b, size)], { axis: 0 })[0] ?? '';
}
