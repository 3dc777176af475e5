import { describe, expect, it } from 'vitest';
import { pruningRounds } from '../../../shared/compress/prune/schedule.ts';

describe('pruningRounds', () => {
  it.each([
    [90, 1, [90]],
    [80, 2, [70, 80]],
    [90, 3, [63.3333, 86.6667, 90]],
    [64, 4, [37, 56, 63, 64]],
  ])('%i percent in %i rounds', (percent, rounds, wanted) => {
    const found = pruningRounds(percent, rounds);
    expect(found).toHaveLength(wanted.length);
    for (const [index, value] of wanted.entries()) expect(found[index]).toBeCloseTo(value, 3);
    expect(found.at(-1)).toBe(percent);
  });

  it('rises, each time by less', () => {
    const found = [0, ...pruningRounds(95, 10)];
    const steps = found.slice(1).map((value, index) => value - (found[index] ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(steps).toEqual(steps.toSorted((a, b) => b - a));
  });

  it.each([
    [50, 0],
    [50, 1.5],
    [0, 2],
    [100, 2],
    [Number.NaN, 2],
  ])('refuses %d percent in %d rounds', (percent, rounds) => {
    expect(() => pruningRounds(percent, rounds)).toThrow(RangeError);
  });
});
