/** One round: a fresh child, a fresh session of every model, all timed in turns. */
import type { NamedTensors } from '../../base/tensor.ts';
import type { OptimizationLevel } from '../../runtime/child/protocol.ts';
import {
  DEFAULT_TIMEOUT_MS,
  RuntimeAnswerError,
  RuntimeProcess,
} from '../../runtime/runtime-process.ts';
import { type LoadedSession, loadInto } from '../../runtime/session.ts';
import { explainRunError } from '../../runtime/session-errors.ts';
import type { LatencyProtocol } from './protocol.ts';
import { makeSchedule, type Schedule, visitsOf } from './schedule.ts';
import { median } from './statistics.ts';

/** A model to be timed. */
export interface LatencyCandidate {
  readonly name: string;
  /** Path of the `.onnx` or `.ort` file. */
  readonly path: string;
  /** One set of inputs, fed to every run. */
  readonly feeds: NamedTensors;
  readonly optimization?: OptimizationLevel;
  readonly extra?: Readonly<Record<string, string>>;
}

/** What a round tells about one candidate. */
export interface RoundTimes {
  readonly loadMs: number;
  /** Typical milliseconds of a run, by sweep. */
  readonly sweeps: readonly number[];
  /** Milliseconds of every counted run. */
  readonly runs: readonly number[];
}

/** Thrown when one candidate fails: the others can be timed without it. */
export class CandidateFailure extends Error {
  readonly candidate: LatencyCandidate;
  constructor(candidate: LatencyCandidate, cause: unknown) {
    super(`${candidate.name} cannot be timed`, { cause });
    this.candidate = candidate;
  }
}

/**
 * Times the candidates together. Odd rounds load and run them in the opposite order, as the place in
 * memory that comes with it is a bias of its own.
 * @throws CandidateFailure when a candidate cannot be loaded or run.
 */
export async function timeRound(
  candidates: readonly LatencyCandidate[],
  protocol: LatencyProtocol,
  round: number,
  signal?: AbortSignal,
): Promise<RoundTimes[]> {
  const reversed = round % 2 === 1;
  const order = reversed ? candidates.toReversed() : candidates;
  await using process = new RuntimeProcess();
  const loaded = new Map<LatencyCandidate, Loaded>();
  for (const candidate of order) {
    try {
      loaded.set(candidate, await load(candidate, process, protocol, signal));
    } catch (error) {
      throw signal?.aborted ? error : new CandidateFailure(candidate, error);
    }
  }
  const sessions = candidates.flatMap((candidate) => loaded.get(candidate) ?? []);
  const schedule = makeSchedule(
    sessions.map(({ typicalMs }) => typicalMs),
    protocol,
    reversed,
  );
  const times = await process.ask(
    'time',
    {
      sessions: sessions.map(({ session }) => session),
      feeds: candidates.map(({ feeds }) => feeds),
      order: schedule.order,
    },
    { doing: 'timing models', timeoutMs: timeLimit(schedule, sessions), ...(signal && { signal }) },
  );
  return visitsOf(schedule, times).map((visits, index) => ({
    loadMs: sessions[index]?.loadMs ?? Number.NaN,
    sweeps: visits.map(median),
    runs: visits.flat(),
  }));
}

/** Ten times what the warm-up suggests, as the machine may be busy; at least what any request gets. */
function timeLimit({ order }: Schedule, sessions: readonly Loaded[]): number {
  const expected = order.reduce((sum, session) => sum + (sessions[session]?.typicalMs ?? 0), 0);
  return Math.max(DEFAULT_TIMEOUT_MS, 10 * expected);
}

interface Loaded extends LoadedSession {
  /** Of one run when warm. */
  readonly typicalMs: number;
}

/** A fresh session, warmed up: first runs allocate, and caches of the allocator and the CPU fill. */
async function load(
  candidate: LatencyCandidate,
  process: RuntimeProcess,
  protocol: LatencyProtocol,
  signal: AbortSignal | undefined,
): Promise<Loaded> {
  const { path, name, feeds, optimization, extra } = candidate;
  const loaded = await loadInto(
    process,
    { path, name },
    {
      threads: protocol.threads,
      ...(optimization && { optimization }),
      ...(extra && { extra }),
      ...(signal && { signal }),
    },
  );
  const order = new Array<number>(protocol.warmUpRuns).fill(0);
  const asked = { sessions: [loaded.session], feeds: [feeds], order };
  try {
    const times = await process.ask('time', asked, {
      doing: `running ${name}`,
      ...(signal && { signal }),
    });
    // The later half: the first runs are what warming up is for.
    return { ...loaded, typicalMs: median(times.subarray(Math.floor(times.length / 2))) };
  } catch (error) {
    throw error instanceof RuntimeAnswerError ? explainRunError(error.message, name) : error;
  }
}
