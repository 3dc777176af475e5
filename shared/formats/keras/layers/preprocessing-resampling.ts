/**
 * Images in other sizes by filters that TensorFlow applies as weighted sums, with or without antialiasing.
 * Source: tensorflow/core/kernels/image/scale_and_translate_op.cc.
 */
import type { Builder } from '../../build/builder.ts';
import { upTo } from '../../build/dims.ts';
import { matmul } from '../../build/matmul.ts';
import { transpose } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';

/** The weight of a sample at a distance, and the distance beyond which it is 0. */
interface Filter {
  readonly radius: number;
  readonly weight: (distance: number) => number;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const lanczos = (radius: number): Filter => ({
  radius,
  weight: (x) => (Math.abs(x) > radius ? 0 : sinc(x) * sinc(x / radius)),
});

const keysCubic = (x: number): number => {
  const d = Math.abs(x);
  if (d >= 2) return 0;
  return d >= 1 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : (1.5 * d - 2.5) * d * d + 1;
};

const mitchell = (x: number): number => {
  const d = Math.abs(x);
  if (d >= 2) return 0;
  return d >= 1
    ? (((-7 / 18) * d + 2) * d - 10 / 3) * d + 16 / 9
    : ((7 / 6) * d - 2) * d * d + 8 / 9;
};

/** By the names of `tf.image.ResizeMethod`. */
export const FILTERS: Readonly<Record<string, Filter>> = {
  bilinear: { radius: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { radius: 2, weight: keysCubic },
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
  gaussian: {
    radius: 1.5,
    weight: (x) => (Math.abs(x) >= 1.5 ? 0 : Math.exp(-(x * x) / (2 * 0.5 * 0.5))),
  },
  mitchellcubic: { radius: 2, weight: mitchell },
};

/** Weights `[to, from]` of every sample of the input for every one of the result. */
export function samplingWeights(
  filter: Filter,
  from: number,
  to: number,
  antialias: boolean,
): number[] {
  const scale = from / to;
  const stretch = antialias ? Math.max(scale, 1) : 1;
  return upTo(to).flatMap((place) => {
    const center = (place + 0.5) * scale;
    const first = Math.max(0, Math.ceil(center - filter.radius * stretch - 0.5));
    const last = Math.min(from - 1, Math.floor(center + filter.radius * stretch - 0.5));
    const row = upTo(from).map((at) =>
      at < first || at > last ? 0 : filter.weight((at + 0.5 - center) / stretch),
    );
    const sum = row.reduce((total, weight) => total + weight, 0);
    return row.map((weight) => (Math.abs(sum) < 1e-6 ? weight : weight / sum));
  });
}

/** Weights of one axis: images of 4096 to 1024 pixels; a file that wants more means harm (CWE-789). */
const MAX_WEIGHTS = 1 << 22;

/** `[N, H, W, C]` of fixed sizes to `[N, height, width, C]`, one axis after the other. */
export function resample(
  b: Builder,
  x: Value,
  [height, width]: readonly [number, number],
  from: readonly [number, number],
  filter: Filter,
  antialias: boolean,
): Value {
  const weights = (source: number, target: number): Value => {
    if (source * target > MAX_WEIGHTS)
      throw new Unconvertible(`it resamples ${source} to ${target} elements`);
    return of(source, target);
  };
  const of = (source: number, target: number): Value =>
    b.numbers(samplingWeights(filter, source, target, antialias), x.type, [target, source]);
  const channelsInFront = transpose(b, x, [0, 3, 1, 2]);
  const tall = matmul(b, weights(from[0], height), channelsInFront);
  const wide = matmul(b, tall, weights(from[1], width), { transposeRight: true });
  return transpose(b, wide, [0, 2, 3, 1]);
}
