/** Images in other sizes, pixel for pixel as TensorFlow computes them. */
import { floatAttribute } from '../../onnx/make-node.ts';
import type { Builder } from './builder.ts';
import { int64Name } from './cast.ts';
import { inKernelType } from './compute-type.ts';
import { type Dim, expectRank, isFixed, type Shape, upTo } from './dims.ts';
import { arithmetic } from './elementwise.ts';
import { gather } from './join.ts';
import { hasKernel } from './kernel-type.ts';
import { channelsFirst } from './order.ts';
import { reshape } from './reshape.ts';
import { type CubicTaps, cubicTaps, nearestPlaces, nearestPlacesOfOnnx } from './resize-places.ts';
import { sizeName } from './shape-of.ts';
import { Unconvertible } from './unconvertible.ts';
import type { Value } from './value.ts';

/** How a place of the result is mapped to one of the input, as TensorFlow names it. */
export type PixelPlaces = 'asymmetric' | 'half-pixel' | 'align-corners';

const COORDINATES = {
  asymmetric: 'asymmetric',
  'half-pixel': 'half_pixel',
  'align-corners': 'align_corners',
} as const;

/**
 * `[N, H, W, C]` to the sizes `[2]`. Nearest rounds down, half up with aligned corners. Cubic is Keys' with
 * a = −0.5 under half-pixel centers, weights outside left out, and a = −0.75 else; where sizes are free its
 * weights are not rounded to 1/1024 as TensorFlow's are: up to 1e-3 of the range away.
 */
export function resize(
  b: Builder,
  x: Value,
  size: Value,
  mode: 'nearest' | 'linear' | 'cubic',
  places: PixelPlaces,
): Value {
  expectRank(x, 4);
  if (size.known?.some((side) => isFixed(side) && !(Number.isInteger(side) && side >= 1)))
    throw new Unconvertible(`its result has the sizes [${size.known}]`);
  if (mode === 'nearest') return resizeNearest(b, x, size, places);
  return inKernelType(b, 'Resize', [x], ([image = x]) => {
    const sides = sidesOf(image, size);
    if (mode === 'cubic' && sides) return resizeCubic(b, image, sides, places);
    return emitResize(b, image, size, mode, places);
  });
}

/** Sizes along height and width before and after. */
type Sides = readonly { readonly axis: number; readonly from: number; readonly to: number }[];

function sidesOf(x: Value, size: Value): Sides | undefined {
  const sides = [1, 2].flatMap((axis) => {
    const from = x.sizes[axis];
    const to = size.known?.[axis - 1];
    return isFixed(from) && isFixed(to) ? [{ axis, from, to }] : [];
  });
  return sides.length === 2 ? sides : undefined;
}

const resizedShape = (x: Value, size: Value): Shape => {
  const [height = null, width = null] = size.known ?? [];
  return [x.sizes[0] ?? null, height, width, x.sizes[3] ?? null];
};

/** A Resize where it gives TensorFlow's pixels; rows and columns by their numbers where rounding differs. */
function resizeNearest(b: Builder, x: Value, size: Value, places: PixelPlaces): Value {
  const sides = sidesOf(x, size);
  if (!sides) {
    const rows = gather(b, x, placesAtRunTime(b, x, size, 1, places), 1);
    const made = gather(b, rows, placesAtRunTime(b, x, size, 2, places), 2);
    return made.withShape(resizedShape(x, size));
  }
  const wanted = sides.map(({ from, to }) => nearestPlaces(from, to, places));
  const isSame = sides.every(
    ({ from, to }, side) =>
      nearestPlacesOfOnnx(from, to, places).join() === (wanted[side] ?? []).join(),
  );
  if (isSame && hasKernel('Resize', x.type, b.opset))
    return emitResize(b, x, size, 'nearest', places);
  return sides.reduce(
    (image, { axis }, side) => gather(b, image, b.numbers(wanted[side] ?? [], 'int32'), axis),
    x,
  );
}

/** The same numbers by the same float32 arithmetic, from sizes that are there when the model runs. */
function placesAtRunTime(
  b: Builder,
  x: Value,
  size: Value,
  axis: number,
  places: PixelPlaces,
): Value {
  const scalar = (name: string): Value => b.named(b.node('Squeeze', [name])[0] ?? '', 'int64', []);
  const float = (value: Value): Value =>
    b.emit('Cast', [b.hold(value)], 'float32', [], { attributes: { to: 1 } });
  const from = scalar(sizeName(b, x, axis));
  const to = scalar(
    b.node('Slice', [int64Name(b, size), b.ints([axis - 1]), b.ints([axis])])[0] ?? '',
  );
  const one = b.scalar(1, 'int64');
  const zero = b.scalar(0, 'int64');
  const last = arithmetic(b, 'Sub', from, one);
  const range = b.emit('Range', [b.hold(zero), b.hold(to), b.hold(one)], 'int64', [null]);
  const count = b.emit('Cast', [b.hold(range)], 'float32', [null], { attributes: { to: 1 } });
  const ratio = arithmetic(b, 'Div', float(from), float(to));
  // A single aligned pixel lies at the front, whatever the ratio is.
  const aligned = (): Value =>
    arithmetic(
      b,
      'Div',
      float(last),
      float(arithmetic(b, 'Max', arithmetic(b, 'Sub', to, one), one)),
    );
  const half = b.scalar(0.5, 'float32');
  const centers = places === 'half-pixel' ? arithmetic(b, 'Add', count, half) : count;
  const at = arithmetic(b, 'Mul', centers, places === 'align-corners' ? aligned() : ratio);
  const rounded = places === 'align-corners' ? arithmetic(b, 'Add', at, half) : at;
  const floor = b.emit('Floor', [b.hold(rounded)], 'float32', [null]);
  const whole = b.emit('Cast', [b.hold(floor)], 'int64', [null], { attributes: { to: 7 } });
  return arithmetic(b, 'Min', whole, last);
}

/** Four rows, then four columns, weighted: TensorFlow reads its weights from a table of 1024 steps. */
function resizeCubic(b: Builder, x: Value, sides: Sides, places: PixelPlaces): Value {
  return sides.reduce((image, { axis, from, to }) => {
    const taps: CubicTaps = cubicTaps(from, to, places);
    const shape = image.sizes.map((_, at) => (at === axis ? to : 1));
    const parts = upTo(4).map((tap) => {
      const pixels = gather(b, image, b.numbers(taps.places[tap] ?? [], 'int32'), axis);
      return arithmetic(b, 'Mul', pixels, b.numbers(taps.weights[tap] ?? [], x.type, shape));
    });
    return parts.reduce((sum, part) => arithmetic(b, 'Add', sum, part));
  }, x);
}

function emitResize(
  b: Builder,
  x: Value,
  size: Value,
  mode: 'nearest' | 'linear' | 'cubic',
  places: PixelPlaces,
): Value {
  const order = channelsFirst(2);
  // Sizes of all axes: where a Transpose meets a Resize that names its axes, onnxruntime moves the sizes as
  // if there were one for each axis, and refuses the model.
  // onnxruntime refuses a vector of which it cannot tell the length.
  const known = size.shape ? size : reshape(b, size, [2]);
  const sizes = allSizes(b, x, known);
  const isKeys = places === 'half-pixel';
  return b.emit('Resize', [b.hold(x, order), '', '', sizes], x.type, resizedShape(x, size), {
    attributes: {
      mode,
      coordinate_transformation_mode: COORDINATES[places],
      // ⌊x⌋ of a center is the nearest of x − ½, half up.
      ...(mode === 'nearest' && {
        nearest_mode: places === 'asymmetric' ? 'floor' : 'round_prefer_ceil',
      }),
      ...(mode === 'cubic' && {
        cubic_coeff_a: floatAttribute(isKeys ? -0.5 : -0.75),
        exclude_outside: isKeys ? 1 : 0,
      }),
    },
    order,
  });
}

function allSizes(b: Builder, x: Value, size: Value): string {
  const [batch, , , channels] = x.sizes;
  const known: readonly Dim[] = [batch ?? null, channels ?? null, ...(size.known ?? [null])];
  if (known.every(isFixed)) return b.ints(known);
  const name = b.hold(x, channelsFirst(2));
  const first = b.node('Shape', [name], { start: 0, end: 2 })[0] ?? '';
  return b.node('Concat', [first, int64Name(b, size)], { axis: 0 })[0] ?? '';
}
