/** In which order the sessions of a round run. */
import type { LatencyProtocol } from './protocol.ts';

/** The order of one round: sweeps over all sessions, there and back; a visit is some runs of one session. */
export interface Schedule {
  /** Session of each run. */
  readonly order: readonly number[];
  /** Runs of a visit, by session; the first is not counted if there are others: another model's data fills the caches. */
  readonly visitRuns: readonly number[];
  /** Even. */
  readonly sweeps: number;
}

/**
 * @param typicalMs of one run, by session (from the warm-up).
 * @param reversed whether the first sweep goes backwards: rounds alternate.
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
  // Also for the fastest model at least a few sweeps: the median is over them.
  const needed = Math.max(MIN_SWEEPS, ...typicalMs.map(sweepsOf));
  const sweeps = 2 * Math.ceil(needed / 2);
  const forward = typicalMs.flatMap((_, session) =>
    new Array<number>(visitRuns[session] ?? 1).fill(session),
  );
  const backward = forward.toReversed();
  const order: number[] = [];
  for (let sweep = 0; sweep < sweeps; sweep++)
    order.push(...((sweep % 2 === 0) === reversed ? backward : forward));
  return { order, visitRuns, sweeps };
}

/** Fewer there-and-back pairs than ten would let one disturbance move their median. */
const MIN_SWEEPS = 20;

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
