import { describe, expect, it } from 'vitest';
import { convertGraph } from '../../../../shared/formats/tf/convert-graph.ts';
import { FOURIER } from '../../../../shared/formats/tf/ops/fourier.ts';
import type { TfNode } from '../../../../shared/formats/tf/tf-graph.ts';
import { constantNode, node, ramp } from '../_nodes.ts';
import { runBuilt } from './_cases.ts';
import { refusalOf } from './_refusal.ts';

const SIGNAL = ramp(16);
const WIDTH = 8;

/** Frequency `k` of each row of the signal, by the definition. */
const wanted = (length: number, count: number): { re: number; im: number }[] =>
  [0, 1].flatMap((row) =>
    Array.from({ length: count }, (_, k) => {
      let [re, im] = [0, 0];
      for (let at = 0; at < length; at++) {
        const value = at < WIDTH ? (SIGNAL[row * WIDTH + at] ?? 0) : 0;
        const angle = (-2 * Math.PI * k * at) / length;
        re += value * Math.cos(angle);
        im += value * Math.sin(angle);
      }
      return { re, im };
    }),
  );

async function outputOf(...nodes: readonly TfNode[]): Promise<number[]> {
  const built = convertGraph(
    {
      nodes,
      functions: new Map(),
      inputs: [{ name: 'x', tensor: 'x', type: 'float32', shape: [null, WIDTH] }],
      outputs: [{ name: 'y', tensor: 'y' }],
      notes: [],
    },
    { title: 'graph' },
  );
  const x = { type: 'float32', dims: [2, WIDTH], data: Float32Array.from(SIGNAL) } as const;
  return Array.from(((await runBuilt(built, { x })).y?.data ?? []) as Float32Array);
}

/** Sums of 12 numbers below 3 in float32. */
const near = (got: readonly number[], numbers: readonly number[]): void => {
  expect(got).toHaveLength(numbers.length);
  for (const [at, number] of numbers.entries()) expect(got[at]).toBeCloseTo(number, 5);
};

const tested = new Set<string>();
const op = (name: string, type: string, inputs: readonly string[]): TfNode => {
  tested.add(type);
  return node(name, type, inputs);
};
const length = (count: number): TfNode => constantNode('n', 'int32', [1], [count]);

describe('Fourier transforms', () => {
  it.each([8, 6, 12, 7])('%d numbers to magnitudes', async (count) => {
    const half = Math.floor(count / 2) + 1;
    const got = await outputOf(
      length(count),
      op('f', 'RFFT', ['x', 'n']),
      op('y', 'ComplexAbs', ['f']),
    );
    near(
      got,
      wanted(count, half).map(({ re, im }) => Math.hypot(re, im)),
    );
  });

  it('to real and imaginary parts', async () => {
    const rfft = op('f', 'RFFT', ['x', 'n']);
    near(
      await outputOf(length(8), rfft, op('y', 'Real', ['f'])),
      wanted(8, 5).map(({ re }) => re),
    );
    const conjugated = [op('c', 'Conj', ['f']), op('y', 'Imag', ['c'])];
    near(
      await outputOf(length(8), rfft, ...conjugated),
      wanted(8, 5).map(({ im }) => -im),
    );
  });

  it('and back', async () => {
    const rfft = op('f', 'RFFT', ['x', 'n']);
    near(await outputOf(length(8), rfft, op('y', 'IRFFT', ['f', 'n'])), SIGNAL);
  });

  it('of complex numbers there and back', async () => {
    const chain = [
      op('c', 'Complex', ['x', 'x']),
      op('f', 'FFT', ['c']),
      op('i', 'IFFT', ['f']),
      op('y', 'Imag', ['i']),
    ];
    near(await outputOf(...chain), SIGNAL);
  });

  it('refuse complex numbers where others are wanted, and the reverse', () => {
    const mixed = [length(8), node('f', 'RFFT', ['x', 'n']), node('y', 'Relu', ['f'])];
    expect(refusalOf(mixed, [1, 8])).toContain('Relu (1×: "y") – one of its inputs is no tensor');
    expect(refusalOf([node('y', 'ComplexAbs', ['x'])], [1, 8])).toContain('takes complex numbers');
    const long = [length(2 ** 21), node('f', 'RFFT', ['x', 'n']), node('y', 'ComplexAbs', ['f'])];
    expect(refusalOf(long, [1, 8])).toContain('longer than 1048576');
  });
});

it('no op of the table is without a case', () => {
  expect(Object.keys(FOURIER).filter((name) => !tested.has(name))).toEqual([]);
});
