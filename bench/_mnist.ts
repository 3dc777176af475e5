/** The 10,000 digits of the package `mnist`. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createRandom, shuffled } from '../shared/base/random.ts';
import type { NamedTensors } from '../shared/base/tensor.ts';

/** Pixels of an image. */
export const AREA = 784;

/** Images [N, 1, 28, 28] from 0 to 1, and which digits they are. */
export interface Digits {
  readonly count: number;
  readonly images: Float32Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
}

/** In one order for all, which mixes the classes. The last `held` are the test images. */
export function mnistDigits(held = 2000): { readonly training: Digits; readonly test: Digits } {
  const { resolve } = createRequire(import.meta.url);
  const all = Array.from({ length: 10 }, (_, digit) => {
    const path = resolve(`mnist/src/digits/${digit}.json`);
    const { data }: { data: readonly number[] } = JSON.parse(readFileSync(path, 'utf8'));
    return Float32Array.from(data);
  });
  const places = all.flatMap((pixels, digit) =>
    Array.from({ length: pixels.length / AREA }, (_, index) => ({ digit, index })),
  );
  const order = shuffled(places, createRandom(1, 'mnist'));
  const part = (from: number, to: number): Digits => {
    const images = new Float32Array((to - from) * AREA);
    const labels = new Uint8Array(to - from);
    for (const [at, { digit, index }] of order.slice(from, to).entries()) {
      images.set(all[digit]?.subarray(index * AREA, (index + 1) * AREA) ?? [], at * AREA);
      labels[at] = digit;
    }
    return { count: to - from, images, labels };
  };
  const first = order.length - held;
  return { training: part(0, first), test: part(first, order.length) };
}

/** Digits as samples with labels, for inputs of [N, 1, 28, 28]. */
export function samplesOf({ count, images, labels }: Digits, input = 'x') {
  return {
    length: count,
    sample: async (index: number): Promise<NamedTensors> => ({
      [input]: {
        type: 'float32',
        dims: [1, 1, 28, 28],
        data: images.slice(index * AREA, (index + 1) * AREA),
      },
    }),
    label: (index: number) => labels[index],
  };
}
