/**
 * In which order the sessions of a round run: round and round in a circle, then the other way.
 *
 * A run is faster after a run of the same model than after another's, whose data fills the caches: so
 * no model may follow itself more often than the others do. There-and-back sweeps (A B C, C B A) give
 * the outer two that advantage, and made a model 4 % slower than itself. In a circle each has a
 * neighbour before it, in either direction.
 */
import type { LatencyProtocol } from './protocol.ts';

/** The order of one round. A sweep visits every session once; a visit is some runs of one session. */
export interface Schedule {
  /** Session of each run. */
  readonly order: readonly number[];
  /** Runs of a visit, by session; the first is not counted if there are others. */
  readonly visitRuns: readonly number[];
  /** A multiple of twice {@link SWEEPS_ONE_WAY}. */
  readonly sweeps: number;
}

/** Sweeps before the direction changes. */
export const SWEEPS_ONE_WAY = 5;

/**
 * @param typicalMs of one run, by session (from the warm-up).
 * @param reversed whether the circle is walked backwards first: rounds alternate.
 */
export function makeSchedule(
  typicalMs: readonly number[],
  protocol: Pick<LatencyProtocol, 'minRuns' | 'minMs' | 'visitMs'>,
  reversed: boolean,
): Schedule {
  const visitRuns = typicalMs.map((ms) => {
    const runs = Math.ceil(protocol.visitMs / ms);
    // Two runs of which one is not counted would only double the time.
    return runs <= 2 ? 1 : runs;
  });
  const sweepsOf = (ms: number, session: number): number => {
    const runs = visitRuns[session] ?? 1;
    const counted = runs === 1 ? 1 : runs - 1;
    return Math.max(protocol.minRuns / counted, protocol.minMs / (ms * runs));
  };
  // Also for the fastest model some sweeps each way: the medians are over them.
  const both = 2 * SWEEPS_ONE_WAY;
  const sweeps = both * Math.ceil(Math.max(2 * both, ...typicalMs.map(sweepsOf)) / both);
  const order: number[] = [];
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const session of circle(typicalMs.length, isBackward(sweep) !== reversed))
      order.push(...new Array<number>(visitRuns[session] ?? 1).fill(session));
  }
  return { order, visitRuns, sweeps };
}

/** Whether the sweep goes against the direction of the first. */
export const isBackward = (sweep: number): boolean => Math.floor(sweep / SWEEPS_ONE_WAY) % 2 === 1;

/** Forward 0 1 2, backward 1 0 2: both end with the last, so a change of direction repeats nobody. */
function circle(count: number, backward: boolean): number[] {
  const forward = Array.from({ length: count }, (_, index) => index);
  return backward ? [...forward.slice(0, -1).reverse(), ...forward.slice(-1)] : forward;
}

/** The counted times of each visit: `[session][sweep][run]`, milliseconds. */
export function visitsOf(schedule: Schedule, times: ArrayLike<number>): number[][][] {
  const visits: number[][][] = schedule.visitRuns.map(() => []);
  for (let at = 0; at < schedule.order.length; ) {
    const session = schedule.order[at] ?? 0;
    const runs = schedule.visitRuns[session] ?? 1;
    const counted: number[] = [];
    for (let run = runs === 1 ? 0 : 1; run < runs; run++)
      counted.push(times[at + run] ?? Number.NaN);
    visits[session]?.push(counted);
    at += runs;
  }
  return visits;
}
