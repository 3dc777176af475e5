/** Images and signals in other sizes: along each axis a linear map, whose weights depend on the sizes alone. */
import { floatOf, intOf, intsOf, stringOf } from '../../../onnx/attributes.ts';
import {
  fromFront,
  type GradientRule,
  gradientOf,
  NoGradient,
  type RuleInput,
  shapeOfInput,
} from '../rule.ts';
import { scatterTaps, type Taps } from './along-axis.ts';

/** As onnxruntime computes places: in float32, so that the nearest one is the same. */
const { fround } = Math;

/** One axis of a Resize. */
interface Axis {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  /** What of the operand is shown, as shares of its size. */
  readonly start: number;
  readonly end: number;
}

const resize: GradientRule = (input) => {
  const { back, node } = input;
  const shape = shapeOfInput(input, 0);
  const wide = back.shapeOf(gradientOf(input));
  if (intOf(node, 'antialias', 0) === 1) throw new NoGradient('Resize with antialias');
  const axes = (intsOf(node, 'axes') ?? shape.map((_, axis) => axis)).map((axis) =>
    fromFront(axis, shape.length),
  );
  const scales = scalesOf(input, axes);
  const roi = roiOf(input, axes);
  return [
    axes.reduce((gradient, axis, i) => {
      const [from = 1, to = 1] = [shape[axis], wide[axis]];
      const [start = 0, end = 1] = [roi?.[i], roi?.[axes.length + i]];
      const scale = fround(scales?.[i] ?? to / from);
      if (scale === 1 && from === to) return gradient;
      const taps = tapsOf(input, { from, to, scale, start, end });
      return scatterTaps(back, gradient, axis, taps, from);
    }, gradientOf(input)),
  ];
};

/** By axis, when they are given instead of sizes. */
function scalesOf(input: RuleInput, axes: readonly number[]): readonly number[] | undefined {
  const { node } = input;
  if (node.inputs[2]) {
    const scales = input.constant(2);
    if (!scales) throw new NoGradient('Resize with computed scales');
    // An empty list stands for none.
    if (scales.length === axes.length) return scales;
  }
  if (stringOf(node, 'keep_aspect_ratio_policy', 'stretch') !== 'stretch')
    throw new NoGradient('Resize that keeps proportions');
  return undefined;
}

function roiOf(input: RuleInput, axes: readonly number[]): readonly number[] | undefined {
  if (modeOf(input) !== 'tf_crop_and_resize') return undefined;
  const roi = input.constant(1);
  if (roi?.length !== 2 * axes.length) throw new NoGradient('Resize of a computed part');
  return roi;
}

const modeOf = ({ node }: RuleInput): string =>
  stringOf(node, 'coordinate_transformation_mode', 'half_pixel');

/** Where a place of the result lies in the operand. */
const PLACES: Readonly<Record<string, (at: number, axis: Axis) => number>> = {
  half_pixel: (at, { scale }) => fround(fround((at + 0.5) / scale) - 0.5),
  half_pixel_symmetric: (at, { from, to, scale }) => {
    const adjustment = fround(to / fround(scale * from));
    const offset = fround((from / 2) * fround(1 - adjustment));
    return fround(fround(offset + fround((at + 0.5) / scale)) - 0.5);
  },
  pytorch_half_pixel: (at, { to, scale }) =>
    to > 1 ? fround(fround((at + 0.5) / scale) - 0.5) : 0,
  align_corners: (at, { from, to }) => (to === 1 ? 0 : fround((at * (from - 1)) / (to - 1))),
  asymmetric: (at, { scale }) => fround(at / scale),
  tf_crop_and_resize: (at, { from, to, start, end }) =>
    to > 1
      ? fround(start * (from - 1) + (at * (end - start) * (from - 1)) / (to - 1))
      : fround(0.5 * (start + end) * (from - 1)),
};

const ROUNDINGS: Readonly<Record<string, (place: number) => number>> = {
  round_prefer_floor: (place) => Math.ceil(place - 0.5),
  round_prefer_ceil: (place) => Math.floor(place + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

function tapsOf(input: RuleInput, axis: Axis): Taps {
  const { node } = input;
  const { from, to } = axis;
  const name = modeOf(input);
  const placeOf = PLACES[name];
  if (!placeOf) throw new NoGradient(`Resize of coordinates ${name}`);
  const places = Array.from({ length: to }, (_, at) => placeOf(at, axis));
  const inside = (place: number): number => Math.min(Math.max(place, 0), from - 1);
  const shown = places.map((place) => (isBeyond(name, place, from) ? 0 : 1));
  const mode = stringOf(node, 'mode', 'nearest');
  if (mode === 'nearest') {
    const rounding = stringOf(node, 'nearest_mode', 'round_prefer_floor');
    const rounded = ROUNDINGS[rounding];
    if (!rounded) throw new NoGradient(`Resize with ${rounding}`);
    return { places: [places.map((place) => inside(rounded(place)))], weights: [shown] };
  }
  if (mode === 'linear') {
    const bound = places.map(inside);
    const first = bound.map(Math.floor);
    const share = bound.map((place, at) => place - (first[at] ?? 0));
    return {
      places: [first, first.map((place) => inside(place + 1))],
      weights: [
        share.map((part, at) => (1 - part) * (shown[at] ?? 1)),
        share.map((part, at) => part * (shown[at] ?? 1)),
      ],
    };
  }
  if (mode !== 'cubic') throw new NoGradient(`Resize of mode ${mode}`);
  const excludes = intOf(node, 'exclude_outside', 0) === 1;
  const rows = places.map((place, at) => {
    const whole = Math.floor(place);
    const wanted = [-1, 0, 1, 2].map((tap) => whole + tap);
    const weights = keys(place - whole, floatOf(node, 'cubic_coeff_a', -0.75)).map((weight, tap) =>
      excludes && wanted[tap] !== inside(wanted[tap] ?? 0) ? 0 : weight * (shown[at] ?? 1),
    );
    // Without what lies outside, the others sum up to 1.
    const sum = excludes ? weights.reduce((total, weight) => total + weight, 0) : 1;
    return { places: wanted.map(inside), weights: weights.map((weight) => weight / sum) };
  });
  return {
    places: [0, 1, 2, 3].map((tap) => rows.map((row) => row.places[tap] ?? 0)),
    weights: [0, 1, 2, 3].map((tap) => rows.map((row) => row.weights[tap] ?? 0)),
  };
}

/** A part that reaches beyond the operand shows a constant there. */
const isBeyond = (mode: string, place: number, from: number): boolean =>
  mode === 'tf_crop_and_resize' && (place < 0 || place > from - 1);

/** Keys' weights of the elements at −1, 0, 1 and 2 for a place `x` behind 0. */
function keys(x: number, a: number): number[] {
  const near = (d: number): number => ((a + 2) * d - (a + 3)) * d * d + 1;
  const far = (d: number): number => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  return [far(x + 1), near(x), near(1 - x), far(2 - x)];
}

/** By op type. */
export const RESIZES: Readonly<Record<string, GradientRule>> = { Resize: resize };
