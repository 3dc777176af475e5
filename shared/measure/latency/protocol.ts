/**
 * How a latency is taken: fresh sessions, interleaved, and a rule fixed in advance for taking more.
 *
 * Each pair of sessions has a bias of its own (0.9 % measured, whatever the number of runs), so what
 * counts is the number of sessions. After 6 rounds of fresh sessions the result is looked at; while it
 * is undecided more are added, up to three more looks. Each look may err: the confidence of every one
 * is raised (Bonferroni: error rate / number of looks), so that all together keep the stated rate.
 */

export interface LatencyProtocol {
  /** Rounds of fresh sessions after which the result is looked at, ascending. */
  readonly looks: readonly number[];
  /** Timed runs of a session, at least. */
  readonly minRuns: number;
  /** Timed milliseconds of a session, at least. */
  readonly minMs: number;
  /** Untimed runs of a fresh session, at least. */
  readonly warmUpRuns: number;
  /** A visit runs one model over and over for about this long, as a server would; then the next model. */
  readonly visitMs: number;
  /** No round begins after this, once the first look is reached. */
  readonly seconds: number;
  readonly threads: number;
  /** Fewer sessions than the full protocol: to be said with the result. */
  readonly short: boolean;
}

/** The contract's protocol: six sessions of at least 20 runs, more while undecided. */
export const FULL_PROTOCOL: LatencyProtocol = {
  looks: [6, 10, 16, 24],
  minRuns: 20,
  minMs: 400,
  warmUpRuns: 5,
  visitMs: 5,
  seconds: 60,
  threads: 1,
  short: false,
};

/** For a demonstration: three or six sessions of at least 20 runs. */
export const SHORT_PROTOCOL: LatencyProtocol = {
  ...FULL_PROTOCOL,
  looks: [3, 6],
  minMs: 100,
  seconds: 5,
  short: true,
};

/** The share of wrong intervals that a single comparison may have. */
export const ERROR_RATE = 0.05;

/**
 * The confidence of each look, such that an interval that was looked at `looks` times misses the truth
 * at most as often as `errorRate` says. For several comparisons give the Holm-corrected rate.
 */
export function lookConfidence(looks: number, errorRate = ERROR_RATE): number {
  return 1 - errorRate / looks;
}

/**
 * How many rounds to run before the next look; 0 ends the measurement. Called with `decided: false`
 * at the start and at every look. Time decides only whether a look is cut short, never its outcome.
 */
export function roundsToNextLook(
  protocol: Pick<LatencyProtocol, 'looks' | 'seconds'>,
  state: { readonly done: number; readonly decided: boolean; readonly secondsSpent: number },
): number {
  const next = protocol.looks.find((rounds) => rounds > state.done);
  if (next === undefined) return 0;
  if (state.done > 0 && (state.decided || state.secondsSpent >= protocol.seconds)) return 0;
  return next - state.done;
}
