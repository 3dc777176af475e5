import { describe, expect, it } from 'vitest';
import { createRandom, shuffled } from '../../shared/base/random.ts';

/** xoshiro128** 1.1 transcribed from the authors' C with bigint arithmetic: an independent form. */
function reference(state: readonly bigint[], count: number): number[] {
  const mask = 0xffffffffn;
  const rotl = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  const s = [...state] as [bigint, bigint, bigint, bigint];
  return Array.from({ length: count }, () => {
    const result = (rotl((s[1] * 5n) & mask, 7n) * 9n) & mask;
    const t = (s[1] << 9n) & mask;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 11n);
    return Number(result);
  });
}

function splitmix32(seed: bigint, count: number): bigint[] {
  const mask = 0xffffffffn;
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state + 0x9e3779b9n) & mask;
    let z = state;
    z = ((z ^ (z >> 16n)) * 0x85ebca6bn) & mask;
    z = ((z ^ (z >> 13n)) * 0xc2b2ae35n) & mask;
    return z ^ (z >> 16n);
  });
}

describe('createRandom', () => {
  it('is xoshiro128** with a state from splitmix32', () => {
    for (const seed of [0, 1, 42, 0xffffffff]) {
      const random = createRandom(seed);
      const drawn = Array.from({ length: 50 }, () => random.uint32());
      expect(drawn).toEqual(reference(splitmix32(BigInt(seed), 4), 50));
    }
  });

  it('gives independent streams for labels of one seed', () => {
    const streams = ['', 'split', 'bootstrap'].map((label) => createRandom(7, label).uint32());
    expect(new Set(streams).size).toBe(3);
  });

  it('is uniform below a bound', () => {
    const random = createRandom(3);
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 70_000; i++) counts[random.below(7)]!++;
    const chi2 = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // 99.9 % quantile of chi-square with 6 degrees of freedom.
    expect(chi2).toBeLessThan(22.46);
  });

  it('draws normal values with mean 0, variance 1 and normal tails', () => {
    const random = createRandom(5);
    const values = Array.from({ length: 100_000 }, () => random.normal());
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((a, b) => a + b * b, 0) / values.length;
    const beyond = values.filter((v) => Math.abs(v) > 1.959964).length / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.0104);
    expect(Math.abs(variance - 1)).toBeLessThan(0.0148);
    expect(Math.abs(beyond - 0.05)).toBeLessThan(0.0023);
  });
});

describe('shuffled', () => {
  it('gives every order of three equally often and leaves its argument', () => {
    const random = createRandom(11);
    const counts = new Map<string, number>();
    const items = ['a', 'b', 'c'];
    for (let i = 0; i < 60_000; i++) {
      const order = shuffled(items, random).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(items).toEqual(['a', 'b', 'c']);
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(320);
  });
});
