/** Layers that resize and crop images: Resizing, CenterCrop, and RandomCrop as it is outside of training. */
import { clip } from '../../build/activation.ts';
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { isFixed } from '../../build/dims.ts';
import { unary } from '../../build/elementwise.ts';
import { squeeze, unsqueeze } from '../../build/reshape.ts';
import { resize } from '../../build/resize.ts';
import { pad, slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { withChannelsLast } from '../channels.ts';
import { flagOf, inputOf, numberOf, textOf } from '../config.ts';
import type { JsonObject, LayerCall, LayerTable } from '../layer.ts';
import { FILTERS, resample } from './preprocessing-resampling.ts';

/** How images are brought to a size. */
export interface ResizeOptions {
  readonly size: readonly [number, number];
  readonly interpolation: string;
  readonly antialias: boolean;
  /** What goes beyond the ratio of the sizes is cut, or what lacks is filled. */
  readonly fit: 'stretch' | 'crop' | 'pad';
  readonly fill: number;
}

/** Batches `[N, H, W, C]` and single images `[H, W, C]`; integers are rounded. */
export function resizeImages(b: Builder, x: Value, options: ResizeOptions): Value {
  if (x.rank === 3) return squeeze(b, resizeImages(b, unsqueeze(b, x, [0]), options), [0]);
  const isInteger = !x.type.includes('float') && options.interpolation !== 'nearest';
  const image = isInteger ? cast(b, x, 'float32') : x;
  const made = stretched(b, fitted(b, image, options), options, isInteger);
  if (!isInteger) return made;
  const range = INTEGERS[x.type];
  const rounded = unary(b, 'Round', made);
  return cast(b, range ? clip(b, rounded, ...range) : rounded, x.type);
}

const INTEGERS: Readonly<Record<string, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
};

const MODES = { nearest: 'nearest', bilinear: 'linear', bicubic: 'cubic' } as const;

function stretched(
  b: Builder,
  x: Value,
  { size, interpolation, antialias }: ResizeOptions,
  isExact: boolean,
): Value {
  const mode = Object.hasOwn(MODES, interpolation)
    ? MODES[interpolation as keyof typeof MODES]
    : undefined;
  // Before rounding, a half must be a half: the weights of onnxruntime's own Resize are not exact.
  const isFree = !x.sizes.slice(1, 3).every(isFixed);
  if (mode === 'nearest' || (mode && !antialias && (!isExact || isFree)))
    return resize(b, x, b.numbers(size, 'int64'), mode, 'half-pixel');
  const filter = Object.hasOwn(FILTERS, interpolation) ? FILTERS[interpolation] : undefined;
  if (!filter) throw new Unconvertible(`its interpolation "${interpolation}" has no conversion`);
  return resample(
    b,
    x,
    size,
    sidesOf(x, 'antialiasing and its interpolation need'),
    filter,
    antialias,
  );
}

/** Height and width. @throws Unconvertible when they are free */
function sidesOf(x: Value, why: string): readonly [number, number] {
  const [height, width] = x.sizes.slice(1, 3);
  if (isFixed(height) && isFixed(width)) return [height, width];
  throw new Unconvertible(
    `${why} images of a fixed size`,
    'Build the model with a fixed height and width.',
  );
}

/** Cut or filled up to the ratio of the sizes that are wanted, by the arithmetic of Keras. */
function fitted(b: Builder, x: Value, { size, fit, fill }: ResizeOptions): Value {
  if (fit === 'stretch') return x;
  const [height, width] = sidesOf(x, 'keeping the aspect ratio needs');
  const [targetHeight, targetWidth] = size;
  const byWidth = Math.trunc(Math.fround((width * targetHeight) / targetWidth));
  const byHeight = Math.trunc(Math.fround((height * targetWidth) / targetHeight));
  if (fit === 'crop') {
    const cropHeight = Math.max(Math.min(height, byWidth), 1);
    const cropWidth = Math.max(Math.min(width, byHeight), 1);
    return cropped(b, x, [height, width], [cropHeight, cropWidth]);
  }
  const top = Math.trunc((Math.max(height, byWidth) - height) / 2);
  const left = Math.trunc((Math.max(width, byHeight) - width) / 2);
  return pad(
    b,
    x,
    [
      [0, 0],
      [top, top],
      [left, left],
      [0, 0],
    ],
    'constant',
    b.scalar(fill, x.type),
  );
}

/** The middle of the image. */
function cropped(
  b: Builder,
  x: Value,
  [height, width]: readonly [number, number],
  [cropHeight, cropWidth]: readonly [number, number],
): Value {
  const range = (axis: number, size: number, wanted: number) => {
    const start = Math.trunc((size - wanted) / 2);
    return { axis, start, end: start + wanted, step: 1 };
  };
  return slice(b, x, [range(1, height, cropHeight), range(2, width, cropWidth)]);
}

const sizeOf = (config: JsonObject): readonly [number, number] => [
  numberOf(config, 'height'),
  numberOf(config, 'width'),
];

const fitOf = (config: JsonObject): ResizeOptions['fit'] =>
  flagOf(config, 'crop_to_aspect_ratio', false)
    ? 'crop'
    : flagOf(config, 'pad_to_aspect_ratio', false)
      ? 'pad'
      : 'stretch';

/** Options of an operation or layer, as both name them. */
export const resizeOptions = (
  config: JsonObject,
  size: readonly [number, number],
): ResizeOptions => ({
  size,
  interpolation: textOf(config, 'interpolation', 'bilinear'),
  antialias: flagOf(config, 'antialias', false),
  fit: fitOf(config),
  fill: numberOf(config, 'fill_value', 0),
});

function resizing(call: LayerCall): Value {
  const { b, config, keras } = call;
  const x = inputOf(call);
  const made = imagesLast(b, config, x, (image) =>
    resizeImages(
      b,
      keras === 2 ? cast(b, image, 'float32') : image,
      resizeOptions(config, sizeOf(config)),
    ),
  );
  return made;
}

/** Like `withChannelsLast`, for single images too. */
function imagesLast(b: Builder, config: JsonObject, x: Value, work: (x: Value) => Value): Value {
  if (x.rank === 4) return withChannelsLast(b, config, x, work);
  return squeeze(b, withChannelsLast(b, config, unsqueeze(b, x, [0]), work), [0]);
}

function centerCrop(call: LayerCall): Value {
  const { b, config } = call;
  const size = sizeOf(config);
  return imagesLast(b, config, cast(b, inputOf(call), 'float32'), (x) => {
    const sides = sidesOf(x, 'a crop in the middle needs');
    if (sides[0] >= size[0] && sides[1] >= size[1]) {
      const start = (axis: 0 | 1): number => Math.floor((sides[axis] - size[axis]) / 2);
      return slice(b, x, [
        { axis: 1, start: start(0), end: start(0) + size[0], step: 1 },
        { axis: 2, start: start(1), end: start(1) + size[1], step: 1 },
      ]);
    }
    return resizeImages(b, x, { ...SMART, size });
  });
}

/** An image that is too small for a crop is stretched, without changing its ratio. */
const SMART: Omit<ResizeOptions, 'size'> = {
  interpolation: 'bilinear',
  antialias: false,
  fit: 'crop',
  fill: 0,
};

/** Keras 2 cuts the middle outside of training and Keras 3 nothing. */
function randomCrop(call: LayerCall): Value {
  const { b, config, keras } = call;
  const x = cast(b, inputOf(call), 'float32');
  if (keras === 3) return x;
  return imagesLast(b, config, x, (image) =>
    resizeImages(b, image, { ...SMART, size: sizeOf(config) }),
  );
}

export const PREPROCESSING_IMAGE: LayerTable = {
  Resizing: resizing,
  CenterCrop: centerCrop,
  RandomCrop: randomCrop,
};
