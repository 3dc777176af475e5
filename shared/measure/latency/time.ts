/** The latency of a base and its variants, side by side; the rules are in protocol.ts and judge.ts. */
import { statSync } from 'node:fs';
import { judgeLatency } from './judge.ts';
import {
  FULL_PROTOCOL,
  type LatencyProtocol,
  lookConfidence,
  roundsToNextLook,
} from './protocol.ts';
import { CandidateFailure, type LatencyCandidate, type RoundTimes, timeRound } from './round.ts';
import { isBackward } from './schedule.ts';
import { median, quantile, sessionLogRatio } from './statistics.ts';

export type { LatencyCandidate } from './round.ts';

/** What was measured of one candidate. The verdict on it is {@link judgeSamples}. */
export interface LatencySamples {
  readonly name: string;
  /** ln(candidate / base), one per pair of fresh sessions. All 0 for the base itself. */
  readonly logRatios: readonly number[];
  /** Median of each session, milliseconds. */
  readonly sessionMs: readonly number[];
  /** Over all counted runs: median, 90th and 99th percentile, milliseconds. */
  readonly ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  /** Median time to create the session, milliseconds. */
  readonly loadMs: number;
  readonly sessions: number;
  readonly runs: number;
  readonly threads: number;
  /** Of the inputs that were fed. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** How often the result may have been looked at: its intervals are widened for that. */
  readonly looks: number;
  /** Taken with fewer sessions than the full protocol. */
  readonly short: boolean;
}

export type LatencyOutcome =
  | { readonly status: 'done'; readonly samples: LatencySamples }
  | { readonly status: 'failed'; readonly name: string; readonly error: unknown };

export interface LatencyResult {
  readonly base: LatencySamples;
  /** In the order given. */
  readonly variants: readonly LatencyOutcome[];
  readonly seconds: number;
}

export interface LatencyOptions {
  readonly protocol?: LatencyProtocol;
  readonly signal?: AbortSignal;
  /** After each round, for a progress display: rounds done and rounds until the next look. */
  readonly onRound?: (done: number, of: number) => void;
  /**
   * Whether a model needs no more sessions; by default when a variant's verdict is not `inconclusive`.
   * A budget gives a rule of its own, for the base, too.
   */
  readonly isDecided?: (samples: LatencySamples) => boolean;
  /** Models that are timed in one child have no more bytes than this together. */
  readonly maxGroupBytes?: number;
}

/** Loaded at the same time, with their packed copies and activations: about three times this in memory. */
const MAX_GROUP_BYTES = 1_000_000_000;

/**
 * Times base and variants interleaved in fresh sessions, round by round, until every variant is decided
 * or the time is spent. A variant that cannot run drops out with its error and does not disturb the rest.
 * @throws what the base fails with; the signal's reason.
 */
export async function measureLatency(
  base: LatencyCandidate,
  variants: readonly LatencyCandidate[],
  options: LatencyOptions = {},
): Promise<LatencyResult> {
  const { protocol = FULL_PROTOCOL, signal, onRound, maxGroupBytes = MAX_GROUP_BYTES } = options;
  const isDecided =
    options.isDecided ?? ((samples) => judgeSamples(samples).verdict !== 'inconclusive');
  const started = performance.now();
  const failures = new Map<LatencyCandidate, unknown>();
  const pairs = new Map<LatencyCandidate, SessionPair[]>(
    [base, ...variants].map((one) => [one, []]),
  );
  const summary = (one: LatencyCandidate): LatencySamples =>
    summarize(one, pairs.get(one) ?? [], protocol);
  const allDecided = (): boolean =>
    [...(options.isDecided ? [base] : []), ...variants].every(
      (one) => failures.has(one) || isDecided(summary(one)),
    );
  let done = 0;
  for (;;) {
    const decided = done > 0 && allDecided();
    const more = roundsToNextLook(protocol, { done, decided, secondsSpent: spent(started) });
    if (more === 0) break;
    const goal = done + more;
    while (done < goal && (done < firstLook(protocol) || spent(started) < protocol.seconds)) {
      for (const group of grouped(base, variants, maxGroupBytes)) {
        const times = await timeWithoutFailing(group, failures, (candidates) =>
          timeRound(candidates, protocol, done, signal),
        );
        for (const [one, pair] of times) {
          // The base is timed with every group; its own summary takes it from the first.
          if (one !== base || pairs.get(base)?.length === done) pairs.get(one)?.push(pair);
        }
      }
      done++;
      onRound?.(done, goal);
    }
  }
  return {
    base: summary(base),
    variants: variants.map((one) =>
      failures.has(one)
        ? { status: 'failed', name: one.name, error: failures.get(one) }
        : { status: 'done', samples: summary(one) },
    ),
    seconds: spent(started),
  };
}

/** A candidate and the base in the same round. */
interface SessionPair {
  readonly own: RoundTimes;
  readonly base: RoundTimes;
}

const firstLook = (protocol: LatencyProtocol): number => protocol.looks[0] ?? 1;

/** Times a group; candidates that fail are noted and left out. The base, first of the group, may not fail. */
async function timeWithoutFailing(
  group: readonly LatencyCandidate[],
  failures: Map<LatencyCandidate, unknown>,
  time: (candidates: readonly LatencyCandidate[]) => Promise<RoundTimes[]>,
): Promise<Map<LatencyCandidate, SessionPair>> {
  for (;;) {
    const candidates = group.filter((one) => !failures.has(one));
    try {
      const times = await time(candidates);
      const [base] = times;
      return new Map(
        candidates.flatMap((one, index) => {
          const own = times[index];
          return own && base ? [[one, { own, base }]] : [];
        }),
      );
    } catch (error) {
      if (!(error instanceof CandidateFailure)) throw error;
      if (error.candidate === group[0]) throw error.cause;
      failures.set(error.candidate, error.cause);
    }
  }
}

/** Splits the variants so that no child holds more than `maxBytes` of models at a time, if it can be helped. */
function grouped(
  base: LatencyCandidate,
  variants: readonly LatencyCandidate[],
  maxBytes: number,
): LatencyCandidate[][] {
  const baseBytes = sizeOf(base);
  const groups: LatencyCandidate[][] = [];
  let room = 0;
  for (const variant of variants) {
    const bytes = sizeOf(variant);
    const last = groups.at(-1);
    if (last && bytes <= room) last.push(variant);
    else {
      groups.push([base, variant]);
      room = maxBytes - baseBytes;
    }
    room -= bytes;
  }
  return groups.length > 0 ? groups : [[base]];
}

/** A missing file is the session's to report. */
function sizeOf(candidate: LatencyCandidate): number {
  return statSync(candidate.path, { throwIfNoEntry: false })?.size ?? 0;
}

const spent = (started: number): number => (performance.now() - started) / 1000;

/** Judges by the contract's rules; `errorRate` below 0.05 when several comparisons are corrected for. */
export function judgeSamples(
  samples: Pick<LatencySamples, 'logRatios' | 'looks'>,
  errorRate?: number,
): ReturnType<typeof judgeLatency> {
  return judgeLatency(samples.logRatios, lookConfidence(samples.looks, errorRate));
}

function summarize(
  candidate: LatencyCandidate,
  pairs: readonly SessionPair[],
  protocol: LatencyProtocol,
): LatencySamples {
  const runs = pairs.flatMap(({ own }) => own.runs);
  return {
    name: candidate.name,
    logRatios: pairs.map(({ own, base }) => sessionLogRatio(base.sweeps, own.sweeps, isBackward)),
    sessionMs: pairs.map(({ own }) => median(own.runs)),
    ms: quantile(runs, 0.5),
    p90Ms: quantile(runs, 0.9),
    p99Ms: quantile(runs, 0.99),
    loadMs: median(pairs.map(({ own }) => own.loadMs)),
    sessions: pairs.length,
    runs: runs.length,
    threads: protocol.threads,
    shapes: Object.fromEntries(
      Object.entries(candidate.feeds).map(([name, { dims }]) => [name, [...dims]]),
    ),
    looks: protocol.looks.length,
    short: protocol.short,
  };
}
