/** Time as the interpreter spends it, so that a test need not wait for a machine's retries. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many seconds of the machine's time; rejects with the signal's reason. */
  delay(seconds: number, purpose: DelayPurpose, signal: AbortSignal): Promise<void>;
}

/** A `Wait` state, the pause before a retry, or the limit of a task or of an execution. */
export type DelayPurpose = 'wait' | 'retry' | 'timeout';

/**
 * The machine's own clock, each kind of delay multiplied by its factor.
 *
 * Time-outs stay as they are unless named: a task takes its real time however fast the rest runs.
 */
export function scaledClock(factors: Partial<Record<DelayPurpose, number>> = {}): Clock {
  return {
    now: () => Date.now(),
    delay: (seconds, purpose, signal) => pause(seconds * (factors[purpose] ?? 1), signal),
  };
}

/** Node fires timers above 2³¹ − 1 ms at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(finish, Math.min(seconds * 1000, LONGEST_TIMER_MS));
  const abort = (): void => {
    clearTimeout(timer);
    reject(signal.reason);
  };
  function finish(): void {
    signal.removeEventListener('abort', abort);
    resolve();
  }
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return promise;
}
