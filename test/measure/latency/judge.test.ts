import { describe, expect, it } from 'vitest';
import { judgeLatency, verdictOf } from '../../../shared/measure/latency/judge.ts';

describe('judgeLatency', () => {
  it('gives the t-interval of the mean log-ratio', () => {
    // Hand-checked: mean 0.02, s = 0.01, n = 4, t(0.975, 3) = 3.18245: half-width 0.0159122.
    const judged = judgeLatency(
      [0.01, 0.03, 0.01, 0.03].map((x) => 0.02 + (x - 0.02) * 0.8660254),
      0.95,
    );
    expect(Math.log(judged.ratio)).toBeCloseTo(0.02, 10);
    expect(Math.log(judged.low)).toBeCloseTo(0.02 - 0.0159122, 6);
    expect(Math.log(judged.high)).toBeCloseTo(0.02 + 0.0159122, 6);
  });

  it('is symmetric in base and variant', () => {
    const ratios = [0.05, 0.07, 0.04, 0.06, 0.05, 0.08];
    const forward = judgeLatency(ratios, 0.95);
    const backward = judgeLatency(
      ratios.map((value) => -value),
      0.95,
    );
    expect(backward.ratio).toBeCloseTo(1 / forward.ratio, 12);
    expect(backward.low).toBeCloseTo(1 / forward.high, 12);
  });

  it('refuses less than two sessions', () => {
    expect(() => judgeLatency([0.1], 0.95)).toThrow('two sessions');
    expect(() => judgeLatency([0.1, 0.1], 1)).toThrow('confidence');
  });
});

describe('verdictOf', () => {
  it.each([
    [1.011, 1.2, 'slower'],
    // Inside 0.97–1.03 but above 1.01: the order of the rules decides.
    [1.011, 1.02, 'slower'],
    [0.98, 0.989, 'faster'],
    [0.5, 0.6, 'faster'],
    [0.97, 1.03, 'same'],
    [0.995, 1.005, 'same'],
    [0.96, 1.0, 'inconclusive'],
    [0.98, 1.04, 'inconclusive'],
    [1.005, 1.5, 'inconclusive'],
  ] as const)('%f – %f is %s', (low, high, verdict) => {
    expect(verdictOf(low, high)).toBe(verdict);
  });
});
