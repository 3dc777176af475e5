import { describe, expect, it } from 'vitest';
import {
  makeSchedule,
  SWEEPS_ONE_WAY,
  visitsOf,
} from '../../../shared/measure/latency/schedule.ts';

const protocol = { minRuns: 20, minMs: 100, visitMs: 5 };

/** Which session ran before each visit. */
function predecessors(order: readonly number[]): Map<number, Map<number, number>> {
  const visits = order.filter((session, index) => index === 0 || order[index - 1] !== session);
  const counts = new Map<number, Map<number, number>>();
  for (const [index, session] of visits.entries()) {
    const before = visits[index - 1];
    if (before === undefined) continue;
    const own = counts.get(session) ?? new Map<number, number>();
    own.set(before, (own.get(before) ?? 0) + 1);
    counts.set(session, own);
  }
  return counts;
}

describe('makeSchedule', () => {
  it('runs a slow model once a visit, at least 20 times', () => {
    const { order, visitRuns, sweeps } = makeSchedule([50, 40], protocol, false);
    expect(visitRuns).toEqual([1, 1]);
    expect(sweeps).toBe(20);
    expect(order).toHaveLength(40);
    expect(order.slice(0, 4)).toEqual([0, 1, 0, 1]);
  });

  it('runs a fast model over and over for the length of a visit, as long as the session lasts', () => {
    const { visitRuns, sweeps, order } = makeSchedule([0.1, 1], protocol, false);
    expect(visitRuns).toEqual([50, 5]);
    // 100 ms in visits of 5 ms.
    expect(sweeps).toBe(20);
    expect(order.slice(48, 57)).toEqual([0, 0, 1, 1, 1, 1, 1, 0, 0]);
  });

  it.each([2, 3, 4, 7])(
    'lets no one of %i models follow itself or one neighbour alone',
    (count) => {
      for (const reversed of [false, true]) {
        const { order, sweeps } = makeSchedule(
          new Array<number>(count).fill(50),
          protocol,
          reversed,
        );
        expect(sweeps % (2 * SWEEPS_ONE_WAY)).toBe(0);
        for (const [session, before] of predecessors(order)) {
          expect(before.has(session)).toBe(false);
          // Both neighbours of the circle, equally often but for the first visit and the turns.
          const [one = 0, other = 0] = before.values();
          expect(before.size).toBe(count === 2 ? 1 : 2);
          if (count > 2) expect(Math.abs(one - other)).toBeLessThanOrEqual(sweeps / SWEEPS_ONE_WAY);
        }
        for (let at = 1; at < order.length; at++) expect(order[at]).not.toBe(order[at - 1]);
      }
    },
  );

  it('gives one model alone its runs', () => {
    const { order } = makeSchedule([50], protocol, true);
    expect(order).toEqual(new Array<number>(20).fill(0));
  });
});

describe('visitsOf', () => {
  it('sorts times by session and sweep, without the first run of a long visit', () => {
    const schedule = { order: [0, 0, 0, 1, 1, 0, 0, 0], visitRuns: [3, 1], sweeps: 2 };
    expect(visitsOf(schedule, [9, 1, 2, 5, 6, 8, 3, 4])).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [[5], [6]],
    ]);
  });
});
