/**
 * AdaRound (Nagel et al., 2020) as published, on the quadratic form of a layer: each weight goes to one of its two nearest
 * codes, which is learned by Adam with a regularizer that makes soft choices hard. For benches: what it reaches, and in
 * which time.
 */
import {
  type GriddedMatrix,
  groupAt,
  tileOf,
} from '../shared/compress/quantize/reconstruct/grid.ts';
import {
  quadraticForm,
  timesForm,
} from '../shared/compress/quantize/reconstruct/quadratic-form.ts';

/** The publication's; its batches are of 32 samples, ours are all of them at once. */
const RATE = 1e-2;
const REGULARIZER = 0.01;
const WARM_UP = 0.2;
const BETA = { start: 20, end: 2 };
/** Soft choices reach 0 and 1 by stretching the sigmoid. */
const STRETCH = { low: -0.1, high: 1.1 };

export function adaRound(
  matrix: GriddedMatrix,
  products: Float64Array,
  damping: number,
  steps: number,
): Int8Array {
  const { rows, columns } = matrix;
  const tile = tileOf(matrix, { row: 0, rows, column: 0, columns });
  const form = quadraticForm(products, columns, damping);
  if (!form) return tile.codes;
  const count = rows * columns;
  const floors = new Float64Array(count);
  const scales = new Float64Array(count);
  const chosen = new Float64Array(count);
  for (let at = 0; at < count; at++) {
    const scale = tile.scales[groupAt(tile, at)] ?? 1;
    const wanted = (tile.values[at] ?? 0) / scale;
    scales[at] = scale;
    floors[at] = Math.floor(wanted);
    const share = (wanted - Math.floor(wanted) - STRETCH.low) / (STRETCH.high - STRETCH.low);
    chosen[at] = Math.log(share / (1 - share));
  }
  const clip = (at: number, code: number): number => {
    const group = groupAt(tile, at);
    return Math.min(tile.highest[group] ?? 0, Math.max(tile.lowest[group] ?? 0, code));
  };
  const first = new Float64Array(count);
  const second = new Float64Array(count);
  const errors = new Float64Array(count);
  for (let step = 1; step <= steps; step++) {
    const progress = Math.max(0, (step / steps - WARM_UP) / (1 - WARM_UP));
    const beta = BETA.end + (BETA.start - BETA.end) * (1 - progress);
    const soft = chosen.map((v) => stretched(v));
    for (let at = 0; at < count; at++) {
      const code = clip(at, (floors[at] ?? 0) + (soft[at] ?? 0));
      errors[at] = (tile.values[at] ?? 0) - code * (scales[at] ?? 1);
    }
    const gradient = timesForm(form, errors, rows);
    for (let at = 0; at < count; at++) {
      const v = chosen[at] ?? 0;
      const h = soft[at] ?? 0;
      const sigmoid = 1 / (1 + Math.exp(-v));
      const slope = h > 0 && h < 1 ? sigmoid * (1 - sigmoid) * (STRETCH.high - STRETCH.low) : 0;
      const code = (floors[at] ?? 0) + h;
      const passes = clip(at, code) === code ? 1 : 0;
      const far = 2 * h - 1;
      const regular =
        progress > 0 ? -REGULARIZER * beta * 2 * Math.sign(far) * Math.abs(far) ** (beta - 1) : 0;
      const g = slope * (-2 * passes * (scales[at] ?? 1) * (gradient[at] ?? 0) + regular);
      const m = 0.9 * (first[at] ?? 0) + 0.1 * g;
      const s = 0.999 * (second[at] ?? 0) + 0.001 * g * g;
      first[at] = m;
      second[at] = s;
      const size = Math.sqrt(s / (1 - 0.999 ** step)) + 1e-8;
      chosen[at] = v - (RATE * (m / (1 - 0.9 ** step))) / size;
    }
  }
  return Int8Array.from(chosen, (v, at) =>
    clip(at, (floors[at] ?? 0) + (stretched(v) >= 0.5 ? 1 : 0)),
  );
}

function stretched(v: number): number {
  const value = (STRETCH.high - STRETCH.low) / (1 + Math.exp(-v)) + STRETCH.low;
  return Math.min(1, Math.max(0, value));
}
