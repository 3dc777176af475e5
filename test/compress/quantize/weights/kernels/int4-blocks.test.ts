import { describe, expect, it } from 'vitest';
import type { Block } from '../../../../../shared/compress/quantize/policy.ts';
import {
  type Int4Blocks,
  type Int4Options,
  quantizeBlocks,
} from '../../../../../shared/compress/quantize/weights/kernels/int4-blocks.ts';
import { float32Tensor } from '../../../../../shared/onnx/make-tensor.ts';
import { normals } from '../../_numeric.ts';

const SYMMETRIC: Int4Options = { block: 32, symmetric: true, negativeScales: true };

/** The code of weight `k` of output channel `n`, relative to its zero point, and its scale. */
function at(
  { packed, scales, zeroPoints }: Int4Blocks,
  K: number,
  block: number,
  n: number,
  k: number,
) {
  const index = n * Math.ceil(K / block) + Math.floor(k / block);
  const byte = packed[(index * block + (k % block)) >> 1] ?? 0;
  const code = k % 2 === 0 ? byte & 15 : byte >> 4;
  return { code: code - (zeroPoints[index] ?? 0), scale: scales[index] ?? 0 };
}

function squaredError(
  result: Int4Blocks,
  values: Float32Array,
  K: number,
  N: number,
  block: number,
): number {
  let error = 0;
  for (let k = 0; k < K; k++) {
    for (let n = 0; n < N; n++) {
      const { code, scale } = at(result, K, block, n, k);
      error += (code * scale - (values[k * N + n] ?? 0)) ** 2;
    }
  }
  return error;
}

/** The usual way: the largest weight at ±7. */
function usualError(values: Float32Array, K: number, N: number, block: number): number {
  let error = 0;
  for (let n = 0; n < N; n++) {
    for (let start = 0; start < K; start += block) {
      const own = Array.from(
        { length: Math.min(block, K - start) },
        (_, i) => values[(start + i) * N + n] ?? 0,
      );
      const scale = Math.max(...own.map(Math.abs)) / 7;
      for (const weight of own) error += (Math.round(weight / scale) * scale - weight) ** 2;
    }
  }
  return error;
}

const f = Math.fround;
const clamp = (value: number, zero: number): number => Math.min(15 - zero, Math.max(-zero, value));

/** Half to even, by the definition. */
function round(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The kernel's arithmetic, one operation of float32 at a time. */
function slowBlock(
  weights: readonly number[],
  ends: readonly [number, number],
  symmetric: boolean,
) {
  const low = Math.min(0, ...weights);
  const high = Math.max(0, ...weights);
  const tried = ends.map((end) => {
    const extreme = -low >= high ? low : high;
    const inverse = symmetric ? f(-f(end) / extreme) : f(15 / f(f(high - low) * f(end)));
    const zero = symmetric ? 8 : Math.min(15, Math.max(0, round(f(-f(low * f(end)) * inverse))));
    const codes = weights.map((weight) => clamp(round(f(weight * inverse)), zero));
    const product = codes.reduce((sum, code, i) => f(sum + f((weights[i] ?? 0) * code)), 0);
    const square = codes.reduce((sum, code) => f(sum + f(code * code)), 0);
    return { zero, codes, scale: f(product / square), explained: f(f(product * product) / square) };
  });
  const [one, other] = tried;
  if (!one || !other) throw new Error('two ends are tried');
  return other.explained > one.explained ? other : one;
}

describe('quantizeBlocks', () => {
  it.each([
    [true, 32, [8, 8.6]],
    [true, 64, [8.2, 8.8]],
    [true, 128, [8.4, 9.2]],
    [false, 32, [1, 0.92]],
  ] as const)(
    'equals the slow reference to the bit: symmetric %s, block %i',
    (symmetric, block, ends) => {
      const [K, N] = [256, 5];
      const values = normals(K * N, 21).map((value, i) => (i % 7 === 0 ? value ** 3 : value));
      const result = quantizeBlocks(
        float32Tensor('w', [K, N], values),
        { K, N, transposed: false },
        { block, symmetric, negativeScales: true },
      );
      for (let n = 0; n < N; n++) {
        for (let start = 0; start < K; start += block) {
          const own = Array.from({ length: block }, (_, i) => values[(start + i) * N + n] ?? 0);
          const expected = slowBlock(own, ends, symmetric);
          const found = own.map((_, i) => at(result, K, block, n, start + i));
          expect(found.map(({ code }) => code)).toEqual(expected.codes);
          expect(found[0]?.scale).toBe(expected.scale);
        }
      }
    },
  );

  const K = 96;
  const N = 37;
  const values = normals(K * N);
  const tensor = float32Tensor('w', [K, N], values);
  const matrix = { K, N, transposed: false };

  it.each([32, 64, 128] as const)(
    'has a quarter less error than codes of ±7, block %i',
    (block: Block) => {
      const long = normals(256 * N, 4);
      const result = quantizeBlocks(
        float32Tensor('w', [256, N], long),
        { K: 256, N, transposed: false },
        { ...SYMMETRIC, block },
      );
      const share = squaredError(result, long, 256, N, block) / usualError(long, 256, N, block);
      expect(share).toBeLessThan(0.77);
      expect(share).toBeGreaterThan(0.6);
    },
  );

  it('uses all sixteen codes, also where the largest weight is positive', () => {
    const used = new Set<number>();
    const result = quantizeBlocks(tensor, matrix, SYMMETRIC);
    for (let k = 0; k < K; k++) for (let n = 0; n < N; n++) used.add(at(result, K, 32, n, k).code);
    expect([...used].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 16 }, (_, i) => i - 8),
    );
    expect(result.scales.some((scale) => scale < 0)).toBe(true);
  });

  it('stores the scale that is best for the codes', () => {
    const result = quantizeBlocks(tensor, matrix, SYMMETRIC);
    const best = squaredError(result, values, K, N, 32);
    for (const factor of [0.99, 1.01]) {
      const scales = result.scales.map((scale) => scale * factor);
      expect(squaredError({ ...result, scales }, values, K, N, 32)).toBeGreaterThan(best);
    }
  });

  it('keeps scales positive where negative ones are not allowed', () => {
    const result = quantizeBlocks(tensor, matrix, { ...SYMMETRIC, negativeScales: false });
    expect(result.scales.every((scale) => scale > 0)).toBe(true);
    expect(squaredError(result, values, K, N, 32)).toBeLessThan(usualError(values, K, N, 32));
  });

  it('takes zero points for skewed weights, and is then better', () => {
    const skewed = values.map((value) => Math.exp(value));
    const stored = float32Tensor('w', [K, N], skewed);
    const asymmetric = quantizeBlocks(stored, matrix, { ...SYMMETRIC, symmetric: false });
    const error = squaredError(asymmetric, skewed, K, N, 32);
    expect(error).toBeLessThan(
      0.5 * squaredError(quantizeBlocks(stored, matrix, SYMMETRIC), skewed, K, N, 32),
    );
    expect(Math.max(...asymmetric.zeroPoints)).toBeLessThanOrEqual(15);
  });

  it('gives the same for weights stored the other way', () => {
    const stored = new Float32Array(values.length);
    for (let k = 0; k < K; k++)
      for (let n = 0; n < N; n++) stored[n * K + k] = values[k * N + n] ?? 0;
    for (const symmetric of [true, false]) {
      const options = { ...SYMMETRIC, symmetric };
      expect(
        quantizeBlocks(float32Tensor('w', [N, K], stored), { K, N, transposed: true }, options),
      ).toEqual(quantizeBlocks(tensor, matrix, options));
    }
  });

  it('gives the same whatever the pieces are', () => {
    const [bigK, bigN] = [96, 5000];
    const big = normals(bigK * bigN, 9);
    const result = quantizeBlocks(
      float32Tensor('w', [bigK, bigN], big),
      { K: bigK, N: bigN, transposed: false },
      SYMMETRIC,
    );
    const column = Float32Array.from({ length: bigK }, (_, k) => big[k * bigN + 4321] ?? 0);
    const alone = quantizeBlocks(
      float32Tensor('w', [bigK, 1], column),
      { K: bigK, N: 1, transposed: false },
      SYMMETRIC,
    );
    expect(result.scales.slice(4321 * 3, 4322 * 3)).toEqual(alone.scales);
    expect(result.packed.slice(4321 * 48, 4322 * 48)).toEqual(alone.packed);
  });

  it('gives codes of 0 and scale 1 for weights next to nothing, and stays in bounds with others', () => {
    const quantize = (value: number) =>
      quantizeBlocks(
        float32Tensor('w', [32, 1], new Float32Array(32).fill(value)),
        { K: 32, N: 1, transposed: false },
        SYMMETRIC,
      );
    expect(at(quantize(1e-40), 32, 32, 0, 0)).toEqual({ code: 0, scale: 1 });
    expect(at(quantize(1e38), 32, 32, 0, 0).code).not.toBe(0);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(quantize(value).scales[0]).toBe(1);
  });

  it('fills the last block up with codes that stand for 0', () => {
    const short = { K: 40, N: 3, transposed: false };
    const result = quantizeBlocks(float32Tensor('w', [40, 3], normals(120)), short, SYMMETRIC);
    expect(result.packed.length).toBe(3 * 2 * 16);
    for (let n = 0; n < 3; n++)
      expect([...result.packed.slice((n * 2 + 1) * 16 + 4, (n * 2 + 2) * 16)]).toEqual(
        Array(12).fill(0x88),
      );
  });

  it('gives zeros for a block of zeros', () => {
    for (const symmetric of [true, false]) {
      const result = quantizeBlocks(
        float32Tensor('w', [32, 1], new Float32Array(32)),
        { K: 32, N: 1, transposed: false },
        { ...SYMMETRIC, symmetric },
      );
      for (let k = 0; k < 32; k++) expect(at(result, 32, 32, 0, k)).toEqual({ code: 0, scale: 1 });
    }
  });
});
