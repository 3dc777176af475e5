/** Operation nodes of `keras.ops.image`. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { isFixed, sizeOf, upTo } from '../../build/dims.ts';
import { arithmetic, broadcast, comparison, unary } from '../../build/elementwise.ts';
import { concat, split } from '../../build/join.ts';
import { patches } from '../../build/patches.ts';
import { reduce } from '../../build/reduce.ts';
import { squeeze, unsqueeze } from '../../build/reshape.ts';
import { pad, slice } from '../../build/slice.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { depthwiseConv } from '../../build/window.ts';
import { withChannelsLast } from '../channels.ts';
import type { LayerTable } from '../layer.ts';
import { type Operation, type OperationCall, operations } from './operations-call.ts';
import { floorMod } from './operations-math.ts';
import { resizeImages, resizeOptions } from './preprocessing-image.ts';

/** Batches and single images, channels last, whatever the operation was told. */
const ofImages =
  (work: (b: Builder, x: Value, call: OperationCall) => Value): Operation =>
  (call) => {
    const { b } = call;
    const x = call.tensor('images', 0);
    const { config } = call.call;
    const run = (image: Value): Value =>
      withChannelsLast(b, config, image, (y) => work(b, y, call));
    return x.rank === 4 ? run(x) : squeeze(b, run(unsqueeze(b, x, [0])), [0]);
  };

/** One number for both sides, or one for each. */
function pairOf(call: OperationCall, name: string): readonly [number, number] {
  const [first, second = first] = call.ints(name);
  if (first === undefined || second === undefined)
    throw new Unconvertible(`its "${name}" is empty`);
  return [first, second];
}

/** Red, green and blue by their share in what is seen. */
const SHARES = [0.2989, 0.587, 0.114];

function toGray(b: Builder, x: Value): Value {
  const image = x.type.includes('float') ? x : cast(b, x, 'float32');
  const weighted = arithmetic(b, 'Mul', image, b.numbers(SHARES, image.type));
  return cast(b, reduce(b, 'ReduceSum', weighted, [-1], true), x.type);
}

/** Hue, saturation and value, all from 0 to 1. */
function toHsv(b: Builder, x: Value): Value {
  const [red, green, blue] = split(b, x, [1, 1, 1], -1);
  if (!red || !green || !blue) throw new Unconvertible('the images have no three channels');
  const number = (value: number): Value => b.scalar(value, x.type);
  const value = reduce(b, 'ReduceMax', x, [-1], true);
  const span = arithmetic(b, 'Sub', value, reduce(b, 'ReduceMin', x, [-1], true));
  const isGray = comparison(b, 'Equal', span, number(0));
  const safe = broadcast(b, 'Where', [isGray, number(1), span], x.type);
  const part = (left: Value, right: Value, turn: number): Value =>
    arithmetic(
      b,
      'Add',
      arithmetic(b, 'Div', arithmetic(b, 'Sub', left, right), safe),
      number(turn),
    );
  const isRed = comparison(b, 'Equal', red, value);
  const isGreen = comparison(b, 'Equal', green, value);
  const rest = broadcast(b, 'Where', [isGreen, part(blue, red, 2), part(red, green, 4)], x.type);
  const sixths = broadcast(b, 'Where', [isRed, part(green, blue, 0), rest], x.type);
  const turned = floorMod(b, arithmetic(b, 'Div', sixths, number(6)), number(1));
  const hue = broadcast(b, 'Where', [isGray, number(0), turned], x.type);
  const isBlack = comparison(b, 'Greater', value, number(0));
  const light = broadcast(b, 'Where', [isBlack, value, number(1)], x.type);
  const saturation = broadcast(
    b,
    'Where',
    [isBlack, arithmetic(b, 'Div', span, light), number(0)],
    x.type,
  );
  return concat(b, [hue, saturation, value], -1);
}

/** Channel c of the color is `value · (1 − saturation + saturation · clip(|6 · hue − s| …))`. */
function fromHsv(b: Builder, x: Value): Value {
  const [hue, saturation, value] = split(b, x, [1, 1, 1], -1);
  if (!hue || !saturation || !value) throw new Unconvertible('the images have no three channels');
  const number = (of: number): Value => b.scalar(of, x.type);
  const sixths = arithmetic(b, 'Mul', hue, number(6));
  const away = (from: number): Value => unary(b, 'Abs', arithmetic(b, 'Sub', sixths, number(from)));
  const curves = [
    arithmetic(b, 'Sub', away(3), number(1)),
    arithmetic(b, 'Sub', number(2), away(2)),
    arithmetic(b, 'Sub', number(2), away(4)),
  ].map((curve) =>
    b.emit('Clip', [b.holdAsIs(curve), b.hold(number(0)), b.hold(number(1))], x.type, curve.shape, {
      order: curve.order,
    }),
  );
  return concat(
    b,
    curves.map((curve) => {
      const pale = arithmetic(b, 'Sub', number(1), saturation);
      return arithmetic(
        b,
        'Mul',
        value,
        arithmetic(b, 'Add', pale, arithmetic(b, 'Mul', saturation, curve)),
      );
    }),
    -1,
  );
}

/** Margins around, of which one of two on a side follows from the size that is wanted. */
function padded(b: Builder, x: Value, call: OperationCall): Value {
  const along = (
    axis: 1 | 2,
    front: string,
    behind: string,
    target: string,
  ): readonly [number, number] => {
    const [before, after, wanted] = [front, behind, target].map(
      (name) => call.maybeInts(name)?.[0],
    );
    if (wanted === undefined) return [before ?? 0, after ?? 0];
    const size = x.sizes[axis];
    if (!isFixed(size)) throw new Unconvertible('it pads a free size to a fixed one');
    const first = before ?? wanted - size - (after ?? 0);
    return [first, wanted - size - first];
  };
  return pad(b, x, [
    [0, 0],
    along(1, 'top_padding', 'bottom_padding', 'target_height'),
    along(2, 'left_padding', 'right_padding', 'target_width'),
    [0, 0],
  ]);
}

function cropped(b: Builder, x: Value, call: OperationCall): Value {
  const along = (axis: 1 | 2, front: string, behind: string, target: string) => {
    const size = x.sizes[axis];
    const [before, after, wanted] = [front, behind, target].map(
      (name) => call.maybeInts(name)?.[0],
    );
    if (wanted === undefined)
      return { axis, start: before ?? 0, end: after ? -after : null, step: 1 };
    if (!isFixed(size)) throw new Unconvertible('it crops a free size to a fixed one');
    const start = before ?? size - wanted - (after ?? 0);
    return { axis, start, end: start + wanted, step: 1 };
  };
  return slice(b, x, [
    along(1, 'top_cropping', 'bottom_cropping', 'target_height'),
    along(2, 'left_cropping', 'right_cropping', 'target_width'),
  ]);
}

/** More would be a convolution that nobody wants to wait for. */
const MAX_BLUR = 255;

function blurred(b: Builder, x: Value, call: OperationCall): Value {
  const kernel = pairOf(call, 'kernel_size');
  const sigma = call.ints('sigma');
  const channels = x.sizes[3];
  if (!isFixed(channels)) throw new Unconvertible('the number of channels is free');
  if (kernel.some((size) => size < 1 || size > MAX_BLUR))
    throw new Unconvertible(`a blur of ${kernel.join(' × ')}`);
  const [rows = [], columns = []] = kernel.map((size, at) => {
    const wide = sigma[at] ?? sigma[0] ?? 1;
    const line = upTo(size).map((place) => Math.exp(-0.5 * ((place - (size - 1) / 2) / wide) ** 2));
    const sum = line.reduce((total, weight) => total + weight, 0);
    return line.map((weight) => weight / sum);
  });
  // Keras gives the first size to the columns.
  const weights = columns.flatMap((y) => rows.flatMap((v) => upTo(channels).map(() => y * v)));
  const filters = b.numbers(weights, x.type, [...kernel, channels, 1]);
  return depthwiseConv(b, x, filters, { kernel, strides: [1, 1], padding: 'SAME' });
}

function extracted(b: Builder, x: Value, call: OperationCall): Value {
  const kernel = pairOf(call, 'size');
  const strides = call.maybeInts('strides') ? pairOf(call, 'strides') : kernel;
  const rate = call.number('dilation_rate', 1);
  if (sizeOf(kernel) > MAX_BLUR * MAX_BLUR)
    throw new Unconvertible(`patches of ${kernel.join(' × ')}`);
  const padding = call.text('padding', 'valid').toLowerCase() === 'same' ? 'SAME' : 'VALID';
  return patches(b, x, { kernel, strides, dilations: [rate, rate], padding });
}

export const OPERATIONS_IMAGE: LayerTable = operations({
  CropImages: ofImages(cropped),
  ExtractPatches: ofImages(extracted),
  GaussianBlur: ofImages(blurred),
  HSVToRGB: ofImages(fromHsv),
  PadImages: ofImages(padded),
  RGBToGrayscale: ofImages(toGray),
  RGBToHSV: ofImages(toHsv),
  Resize: ofImages((b, x, call) =>
    resizeImages(b, x, resizeOptions(call.call.config, pairOf(call, 'size'))),
  ),
});
