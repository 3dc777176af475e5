/**
 * How often clients of AWS try again. The SDK's own strategies stop after a hundred retries that a client has under
 * way at once, which is an ordinary minute when thousands of shards begin together: with a third of all requests
 * failing, a hundred at a time, a fifth of all calls failed for good. Here every call has its own tries, and none did.
 */
import { jitteredPause } from './retry.ts';

/** One call's count, as the SDK's middleware asks for it. */
export interface Tries {
  getRetryCount(): number;
  getRetryDelay(): number;
}

interface Failure {
  readonly errorType: string;
  readonly error?: unknown;
}

/** Longer where the service asks for less. */
const THROTTLED_PAUSE_MS = 500;
const PAUSE_MS = 100;

const WORTHWHILE = new Set(['THROTTLING', 'TRANSIENT', 'SERVER_ERROR']);

/** A retry strategy of the SDK: up to `attempts` tries of each call, with full jitter between. */
export class Patience {
  readonly mode = 'standard';
  readonly #attempts: number;
  readonly #isHasty: boolean;

  /** `isHasty`: without pauses, for tests. */
  constructor(attempts: number, { isHasty = false } = {}) {
    this.#attempts = attempts;
    this.#isHasty = isHasty;
  }

  async acquireInitialRetryToken(): Promise<Tries> {
    return tries(0, 0);
  }

  async refreshRetryTokenForRetry(before: Tries, { errorType, error }: Failure): Promise<Tries> {
    const count = before.getRetryCount() + 1;
    if (count >= this.#attempts || !WORTHWHILE.has(errorType))
      throw error ?? new Error(`a call failed for good: ${errorType}`);
    const first = errorType === 'THROTTLING' ? THROTTLED_PAUSE_MS : PAUSE_MS;
    return tries(count, this.#isHasty ? 0 : jitteredPause(count - 1, first));
  }

  recordSuccess(): void {}
}

const tries = (count: number, delay: number): Tries => ({
  getRetryCount: () => count,
  getRetryDelay: () => delay,
});
