import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import {
  complexTransform,
  inverseRealTransform,
  magnitude,
  realTransform,
} from '../../../shared/formats/build/fourier.ts';
import { Unconvertible } from '../../../shared/formats/build/unconvertible.ts';
import { anyInput, heldInput, run } from './_graph.ts';

/** Frequencies 0 to `count` − 1 of a signal, by the definition. */
function frequencies(signal: readonly number[], count: number): { re: number; im: number }[] {
  return Array.from({ length: count }, (_, k) =>
    signal.reduce(
      (sum, value, at) => {
        const angle = (-2 * Math.PI * k * at) / signal.length;
        return { re: sum.re + value * Math.cos(angle), im: sum.im + value * Math.sin(angle) };
      },
      { re: 0, im: 0 },
    ),
  );
}

const rows = (numbers: readonly number[], width: number): number[][] =>
  Array.from({ length: numbers.length / width }, (_, row) =>
    numbers.slice(row * width, (row + 1) * width),
  );

/** Sums of up to 12 numbers below 24. */
const near = (got: readonly number[], wanted: readonly number[]): void => {
  expect(got).toHaveLength(wanted.length);
  for (const [at, value] of wanted.entries()) expect(got[at]).toBeCloseTo(value, 3);
};

describe.each([17, 20])('at opset %d', (opset) => {
  it.each([6, 5, 4, 9])('a real transform of 6 numbers, cut or filled to %d', async (length) => {
    const b = Builder.root(opset);
    const { value, feed } = heldInput(b, 'x', [2, 2, 6]);
    const { real, imaginary } = realTransform(b, value, length);
    const count = Math.floor(length / 2) + 1;
    const back = inverseRealTransform(b, { real, imaginary }, length);
    const results = await run(b, [real, imaginary, magnitude(b, { real, imaginary }), back], {
      x: feed,
    });
    const signals = rows([...(feed.data as Float32Array)], 6).map((signal) =>
      Array.from({ length }, (_, at) => signal[at] ?? 0),
    );
    const wanted = signals.flatMap((signal) => frequencies(signal, count));
    expect(results[0]?.dims).toEqual([2, 2, count]);
    near(
      results[0]?.numbers ?? [],
      wanted.map(({ re }) => re),
    );
    near(
      results[1]?.numbers ?? [],
      wanted.map(({ im }) => im),
    );
    near(
      results[2]?.numbers ?? [],
      wanted.map(({ re, im }) => Math.hypot(re, im)),
    );
    near(results[3]?.numbers ?? [], signals.flat());
  });

  it('complex numbers there and back, in any order that they are held in', async () => {
    const b = Builder.root(opset);
    const x = heldInput(b, 'x', [1, 2, 3, 4], [0, 3, 1, 2]);
    const y = heldInput(b, 'y', [1, 2, 3, 4]);
    const there = complexTransform(b, { real: x.value, imaginary: y.value }, false);
    const back = complexTransform(b, there, true);
    const [real, imaginary, first] = await run(b, [back.real, back.imaginary, there.real], {
      x: x.feed,
      y: y.feed,
    });
    const plain = [...(y.feed.data as Float32Array)];
    near(real?.numbers ?? [], plain);
    near(imaginary?.numbers ?? [], plain);
    const wanted = rows(plain, 4).flatMap((signal) =>
      frequencies(signal, 4).map(({ re, im }) => re - im),
    );
    near(first?.numbers ?? [], wanted);
  });
});

it('half floats are computed as such only where there is a kernel', () => {
  const b = Builder.root(17);
  expect(() => realTransform(b, anyInput(b, 'string', [4]), 4)).toThrow(Unconvertible);
});
