import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pValueAbove } from '../../shared/report/interval.ts';

describe('pValueAbove', () => {
  it('is 0.05 where the 95 % interval ends, for any method and sample', () => {
    const positive = fc.double({ min: 0.01, max: 10, noNaN: true });
    fc.assert(
      fc.property(
        positive,
        positive,
        fc.option(fc.integer({ min: 1, max: 60 })),
        (below, above, df) => {
          const interval = {
            estimate: 1,
            low: 1 - below,
            high: 1 + above,
            ...(df === null ? {} : { degreesOfFreedom: df }),
          };
          expect(pValueAbove(interval, 1 - below)).toBeCloseTo(0.05, 9);
          expect(pValueAbove(interval, 1 - below * 0.99)).toBeGreaterThan(0.05);
          expect(pValueAbove(interval, 1 - below * 1.01)).toBeLessThan(0.05);
        },
      ),
    );
  });

  it('uses the tail of Student’s t where there are few sessions', () => {
    const interval = { estimate: 1, low: 0.5, high: 1.5 };
    // Twice the half-width away: z = 3.92, two-sided 8.85e-5; t = 5.14 with 5 degrees, 3.64e-3.
    expect(pValueAbove(interval, 0)).toBeCloseTo(8.85e-5, 6);
    expect(pValueAbove({ ...interval, degreesOfFreedom: 5 }, 0)).toBeCloseTo(3.64e-3, 5);
  });

  it('an estimate on the good side proves nothing; an interval of no width proves all', () => {
    expect(pValueAbove({ estimate: 1, low: 0.9, high: 1.1 }, 1.2)).toBe(1);
    expect(pValueAbove({ estimate: 1, low: 1, high: 1 }, 1)).toBe(1);
    expect(pValueAbove({ estimate: 1, low: 1, high: 1 }, 0.9)).toBe(0);
  });
});
