/**
 * Where the pixels of a resized image come from, in TensorFlow's float32 arithmetic.
 *
 * Source: tensorflow/core/util/image_resizer_state.h and kernels/image/resize_{nearest_neighbor,bicubic,area}_op.cc.
 */
import { upTo } from './dims.ts';
import type { PixelPlaces } from './resize.ts';

const { fround } = Math;

/** How far apart two pixels of the result lie in the input. */
function scaleOf(from: number, to: number, places: PixelPlaces): number {
  return places === 'align-corners' && to > 1 ? fround((from - 1) / (to - 1)) : fround(from / to);
}

/** The row or column of the input for each of the result. */
export function nearestPlaces(from: number, to: number, places: PixelPlaces): number[] {
  const scale = scaleOf(from, to, places);
  return upTo(to).map((index) => {
    const at = fround((places === 'half-pixel' ? index + 0.5 : index) * scale);
    const whole = Math.floor(places === 'align-corners' ? at + 0.5 : at);
    return Math.min(whole, from - 1);
  });
}

/** The same as onnxruntime's Resize rounds it, which divides by the inverse of the scale. */
export function nearestPlacesOfOnnx(from: number, to: number, places: PixelPlaces): number[] {
  const scale = fround(to / from);
  return upTo(to).map((index) => {
    if (places === 'asymmetric') return Math.min(Math.floor(fround(index / scale)), from - 1);
    const at =
      places === 'half-pixel'
        ? fround(fround(fround(index + 0.5) / scale) - 0.5)
        : to === 1
          ? 0
          : fround(fround(index * (from - 1)) / (to - 1));
    return Math.min(Math.max(Math.floor(at + 0.5), 0), from - 1);
  });
}

/** For each of four taps: the places of the input, and their weights, by place of the result. */
export interface CubicTaps {
  readonly places: readonly (readonly number[])[];
  readonly weights: readonly (readonly number[])[];
}

/** Steps between two pixels for which TensorFlow keeps weights. */
const TABLE_SIZE = 1024;

/** Keys' weights of the pixels at −1, 0, 1 and 2 for a place `x` behind 0. */
function keys(x: number, a: number): number[] {
  const near = (d: number): number => ((a + 2) * d - (a + 3)) * d * d + 1;
  const far = (d: number): number => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  return [far(x + 1), near(x), near(1 - x), far(2 - x)];
}

/** The taps of TensorFlow's bicubic resize along one axis. */
export function cubicTaps(from: number, to: number, places: PixelPlaces): CubicTaps {
  const isKeys = places === 'half-pixel';
  const scale = scaleOf(from, to, places);
  const all = upTo(to).map((index) => {
    const at = fround(isKeys ? fround(fround(index + 0.5) * scale) - 0.5 : index * scale);
    const whole = Math.floor(at);
    const step = roundHalfEven(fround(fround(at - whole) * TABLE_SIZE));
    const weights = keys(step / TABLE_SIZE, isKeys ? -0.5 : -0.75);
    const wanted = [whole - 1, whole, whole + 1, whole + 2];
    const bound = wanted.map((place) => Math.min(Math.max(place, 0), from - 1));
    if (!isKeys) return { bound, weights };
    // What lies outside has no weight, and the others sum up to 1.
    const inside = weights.map((weight, tap) => (bound[tap] === wanted[tap] ? weight : 0));
    const sum = inside.reduce((total, weight) => total + weight, 0);
    return { bound, weights: inside.map((weight) => weight / sum) };
  });
  return {
    places: upTo(4).map((tap) => all.map(({ bound }) => bound[tap] ?? 0)),
    weights: upTo(4).map((tap) => all.map(({ weights }) => weights[tap] ?? 0)),
  };
}

/** As C's lrint rounds. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

/** The share of each place of the input in each of the result, `[to, from]` row by row: an average by area. */
export function areaWeights(from: number, to: number, places: PixelPlaces): number[] {
  const scale = scaleOf(from, to, places);
  // All of them are written out: one for each pair.
  upTo(from * to);
  return upTo(to).flatMap((index) => {
    const row = new Array<number>(from).fill(0);
    const start = fround(index * scale);
    const end = fround((index + 1) * scale);
    for (let at = Math.floor(start); at < Math.ceil(end); at++) {
      const share = Math.min(at + 1, end) - Math.max(at, start);
      const place = Math.min(Math.max(at, 0), from - 1);
      row[place] = (row[place] ?? 0) + share / scale;
    }
    return row;
  });
}
