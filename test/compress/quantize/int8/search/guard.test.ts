import { describe, expect, it } from 'vitest';
import { guardAccuracy } from '../../../../../shared/compress/quantize/int8/search/guard.ts';
import type { Score } from '../../../../../shared/compress/quantize/int8/search/referee.ts';
import type { NodeDamage } from '../../../../../shared/compress/quantize/int8/search/sensitivity.ts';
import { NEVER, ranked, scored } from './_scores.ts';

/** Measures by how many are kept, and remembers how many those were. */
function measuring(score: (count: number) => Score) {
  const counts: number[] = [];
  const measure = async (kept: readonly NodeDamage[]): Promise<Score> => {
    counts.push(kept.length);
    return score(kept.length);
  };
  return { counts, measure };
}

const names = (kept: readonly NodeDamage[]) => kept.map(({ ref }) => ref.name);

describe('guardAccuracy', () => {
  it('keeps nothing where all agrees', async () => {
    const { counts, measure } = measuring(() => scored(1e-4));
    const result = await guardAccuracy(ranked(20), measure, NEVER);
    expect(result).toEqual({ kept: [], score: scored(1e-4), reason: 'agrees' });
    expect(counts).toEqual([0]);
  });

  it('keeps the worst, one more at a time, until all agrees', async () => {
    const { counts, measure } = measuring((kept) =>
      kept < 3 ? scored(0.5 / 2.5 ** kept, 0.9 + kept / 100) : scored(1e-4),
    );
    const result = await guardAccuracy(ranked(20), measure, NEVER);
    expect(names(result.kept)).toEqual(['n0', 'n1', 'n2']);
    expect(result.reason).toBe('agrees');
    expect(counts).toEqual([0, 1, 2, 3]);
  });

  it('stops as soon as the metric is not inferior, whatever the damage', async () => {
    const { counts, measure } = measuring((kept) =>
      scored(0.3, 0.5, {
        verdict: { difference: kept / 10 - 1, isNonInferior: kept >= 2 },
      }),
    );
    const result = await guardAccuracy(ranked(20), measure, NEVER);
    expect(names(result.kept)).toEqual(['n0', 'n1']);
    expect(result.reason).toBe('non-inferior');
    expect(counts).toEqual([0, 1, 2]);
  });

  it('does not take equal decisions with large damage for agreement', async () => {
    const { counts, measure } = measuring(() => scored(0.3, 1));
    const result = await guardAccuracy(ranked(20), measure, NEVER);
    expect(result).toMatchObject({ kept: [], reason: 'no further gain' });
    expect(counts.length).toBeGreaterThan(1);
  });

  it('gives up where nothing is gained, and keeps the smallest number that was best', async () => {
    const { counts, measure } = measuring((kept) => scored(0.3, kept >= 2 ? 0.95 : 0.9));
    const result = await guardAccuracy(ranked(100), measure, NEVER);
    expect(names(result.kept)).toEqual(['n0', 'n1']);
    expect(result).toMatchObject({ score: scored(0.3, 0.95), reason: 'no further gain' });
    // Some patience, not all steps.
    expect(counts.at(-1)).toBeGreaterThan(3);
    expect(counts.at(-1)).toBeLessThan(12);
  });

  it('waits longer where nothing is decided, for damage falls slowly', async () => {
    const still = (decides: boolean) => measuring(() => scored(0.3, 1, { decides }));
    const [deciding, undecided] = [still(true), still(false)];
    await guardAccuracy(ranked(100), deciding.measure, NEVER);
    await guardAccuracy(ranked(100), undecided.measure, NEVER);
    expect(undecided.counts.length).toBeGreaterThan(deciding.counts.length);
  });

  it('counts less damage as better, where nothing is decided', async () => {
    const { measure } = measuring((kept) => scored(0.5 * 0.7 ** kept, 1, { decides: false }));
    const result = await guardAccuracy(ranked(12), measure, NEVER);
    expect(result.kept.length).toBe(6);
  });

  it('lets the metric rule over agreement, and agreement over damage', async () => {
    const metric = measuring((kept) =>
      scored(kept + 1, 0.9 - kept / 10, {
        verdict: { difference: kept / 10 - 1, isNonInferior: false },
      }),
    );
    expect((await guardAccuracy(ranked(8), metric.measure, NEVER)).kept.length).toBe(4);
    const agreement = measuring((kept) => scored(kept + 1, 0.5 + kept / 10));
    expect((await guardAccuracy(ranked(8), agreement.measure, NEVER)).kept.length).toBe(4);
  });

  it('takes a gain below a thousandth of the decisions for chance', async () => {
    const { measure } = measuring((kept) => scored(0.3, 0.9 + kept * 1e-5));
    expect((await guardAccuracy(ranked(100), measure, NEVER)).kept).toEqual([]);
  });

  it.each([0, 1, 2, 3, 7, 20, 100])('never keeps more than half of %i', async (count) => {
    const { counts, measure } = measuring((kept) => scored(1 / (kept + 1) ** 2, 0.5 + kept / 300));
    const result = await guardAccuracy(ranked(count), measure, NEVER);
    expect(result.kept.length).toBeLessThanOrEqual(count / 2);
    expect(Math.max(...counts)).toBeLessThanOrEqual(count / 2);
    expect(counts[0]).toBe(0);
    expect(result.reason).toBe('no further gain');
  });

  it('is out of time after the first measurement: the best so far is the answer', async () => {
    let now = 0;
    const deadline = {
      get isOver() {
        return now >= 3;
      },
      left: 1,
    };
    const { counts, measure } = measuring((kept) => {
      now++;
      return scored(0.5, 0.5 + kept / 20);
    });
    const result = await guardAccuracy(ranked(40), measure, deadline);
    expect(counts).toEqual([0, 1, 2]);
    expect(result).toMatchObject({ score: scored(0.5, 0.6), reason: 'out of time' });
    expect(names(result.kept)).toEqual(['n0', 'n1']);
    const over = await guardAccuracy(ranked(40), measure, { isOver: true, left: 0 });
    expect(over.kept).toEqual([]);
    expect(over.score).toEqual(scored(0.5, 0.5));
  });

  it('passes on what goes wrong', async () => {
    const broken = async (): Promise<Score> => {
      throw new Error('no memory');
    };
    await expect(guardAccuracy(ranked(4), broken, NEVER)).rejects.toThrow('no memory');
  });
});
