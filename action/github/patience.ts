/**
 * How often and how long a request to GitHub is repeated.
 *
 * Source: docs.github.com, "Best practices for using the REST API": `retry-after` says how long; without it a primary
 * limit ends at `x-ratelimit-reset`, and after a secondary one a client waits for at least a minute.
 */

/** What went wrong with one attempt. */
export interface Failure {
  /** 500 where no answer came at all. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly message: string;
}

/** Together for one request: a runner's minutes are paid for, and a limit of an hour is not waited out. */
export const MAX_WAIT_SECONDS = 120;

/** The first one included. */
export const MAX_ATTEMPTS = 5;

const SECONDARY_SECONDS = 60;

/**
 * Seconds to wait before the next attempt; `undefined`: it is of no use, or not safe. A limit refuses before anything
 * is done, but what a server did before it failed is unknown: only what may be done twice is repeated then.
 */
export function waitBefore(
  failure: Failure,
  { attempt, mayRepeat, now }: { attempt: number; mayRepeat: boolean; now: number },
): number | undefined {
  if (attempt >= MAX_ATTEMPTS) return undefined;
  const { status, headers, message } = failure;
  if (status === 429 || status === 403) {
    const after = seconds(headers['retry-after']);
    if (after !== undefined) return after;
    if (String(headers['x-ratelimit-remaining']) === '0') {
      const reset = seconds(headers['x-ratelimit-reset']);
      if (reset !== undefined) return Math.max(1, Math.ceil(reset - now / 1000));
    }
    const isLimit = status === 429 || /rate limit|abuse detection/i.test(message);
    return isLimit ? SECONDARY_SECONDS : undefined;
  }
  if (status < 500 || !mayRepeat) return undefined;
  return 2 ** (attempt - 1);
}

/** A header in seconds. A date is not used by GitHub. */
function seconds(value: string | number | undefined): number | undefined {
  const number = Number(value ?? Number.NaN);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

export interface PatientOptions {
  readonly mayRepeat: boolean;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly now: () => number;
  /** Before a wait. */
  readonly onWait: (failure: Failure, seconds: number) => void;
}

/** The outcome of `run`, repeated as {@link waitBefore} says. `failureOf`: `undefined` for what is no answer of a server. */
export async function patiently<T>(
  run: () => Promise<T>,
  failureOf: (error: unknown) => Failure | undefined,
  { mayRepeat, sleep, now, onWait }: PatientOptions,
): Promise<T> {
  let waited = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      const failure = failureOf(error);
      if (!failure) throw error;
      const wait = waitBefore(failure, { attempt, mayRepeat, now: now() });
      if (wait === undefined || waited + wait > MAX_WAIT_SECONDS) throw error;
      waited += wait;
      onWait(failure, wait);
      await sleep(wait * 1000);
    }
  }
}
