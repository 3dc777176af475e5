import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../../shared/measure/metrics/metrics.ts';
import { floats, ints, score, table, value } from './outputs.ts';

const auc = METRICS.auc({ name: 'auc' });

describe('auc', () => {
  it('is the chance that a positive ranks above a negative, ties counting half', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ level: fc.nat(5), label: fc.nat(1), weight: fc.nat(3) }), {
          minLength: 2,
          maxLength: 30,
        }),
        (samples) => {
          let pairs = 0;
          let wins = 0;
          for (const a of samples) {
            for (const b of samples) {
              if (a.label !== 1 || b.label !== 0) continue;
              const weight = a.weight * b.weight;
              pairs += weight;
              wins += weight * (a.level > b.level ? 1 : a.level === b.level ? 0.5 : 0);
            }
          }
          const rows = table(
            auc,
            samples.map(({ level, label }) => [floats([1, 1], level / 8), label]),
          );
          const area = auc.aggregate(
            rows,
            samples.map(({ weight }) => weight),
          );
          if (pairs === 0) expect(area).toBeNaN();
          else expect(area).toBeCloseTo(wins / pairs, 12);
        },
      ),
      { numRuns: 300, seed: 7 },
    );
  });

  it('ranks two columns as their difference does', () => {
    // Logits: column 1 alone would rank these the other way round.
    expect(
      value(auc, [
        [floats([1, 2], 5, 4), 0],
        [floats([1, 2], 0, 3), 1],
      ]),
    ).toBe(1);
  });

  it('of more classes is the mean of one against the rest, where both occur', () => {
    const samples = [
      [floats([1, 3], 0.9, 0.1, 0), 0],
      [floats([1, 3], 0.5, 0.2, 0), 1],
      [floats([1, 3], 0.6, 0.3, 0), 1],
    ] as const;
    expect(value(auc, samples)).toBe(1);
  });

  it('needs scores', () => {
    expect(() => score(auc, ints([1], 1), 1)).toThrow(/auc cannot score this model/);
    expect(() => score(auc, floats([1, 1], Number.NaN), 1)).toThrow(/holds NaN/);
  });
});
