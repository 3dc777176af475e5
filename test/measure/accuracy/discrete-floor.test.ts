import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../shared/base/random.ts';
import { discreteFloor } from '../../../shared/measure/accuracy/discrete-floor.ts';

const table = (values: readonly number[]) => ({ rows: values.length, width: 1, values });
const changed = (n: number, count: number) =>
  [
    table(new Array(n).fill(1)),
    table(Array.from({ length: n }, (_, i) => Number(i >= count))),
  ] as const;

describe('discreteFloor', () => {
  it('is the exact bound on what unseen changes could do', () => {
    // 1 − 0.025^(1/n): the largest rate at which none of n is still seen in 2.5 of 100 cases.
    expect(discreteFloor(...changed(50, 0), 0.95)).toBeCloseTo(1 - 0.025 ** (1 / 50), 10);
    expect(discreteFloor(...changed(1000, 0), 0.95)).toBeCloseTo(0.00368, 4);
    expect(discreteFloor(...changed(50, 0), 0.95, 1000)).toBeCloseTo(0.00368, 4);
  });

  it('ends where the bootstrap sees enough', () => {
    expect(discreteFloor(...changed(50, 7), 0.95)).toBeGreaterThan(0);
    expect(discreteFloor(...changed(50, 8), 0.95)).toBe(0);
  });

  it('covers rare losses that resampling misses', () => {
    const random = createRandom(2);
    const n = 60;
    const rate = 0.02;
    let covered = 0;
    for (let i = 0; i < 2000; i++) {
      const losses = Array.from({ length: n }, () => Number(random.float() < rate)).reduce(
        (a, b) => a + b,
      );
      covered += Number(losses / n + discreteFloor(...changed(n, losses), 0.95) >= rate);
    }
    expect(covered / 2000).toBeGreaterThan(0.95);
  });
});
