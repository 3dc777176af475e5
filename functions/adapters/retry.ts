/** Trying again where the SDK cannot: bodies that stream, and answers that end midway. */
import { setTimeout as sleep } from 'node:timers/promises';
import { S3ServiceException } from '@aws-sdk/client-s3';

export interface RetryOptions {
  readonly attempts?: number;
  /** The longest first pause; each next one may be twice as long. */
  readonly firstPauseMs?: number;
  /** What is worth another try; {@link isPassing} by default. */
  readonly isPassing?: (error: unknown) => boolean;
}

/** As patient as the clients themselves; see `clients.ts`. */
const ATTEMPTS = 12;
const FIRST_PAUSE_MS = 100;
/** As the SDK's. */
const MAX_PAUSE_MS = 20_000;

/** Runs `attempt` until it succeeds, fails for good, or was tried often enough; pauses have full jitter. */
export async function persistently<T>(
  attempt: (tried: number) => Promise<T>,
  {
    attempts = ATTEMPTS,
    firstPauseMs = FIRST_PAUSE_MS,
    isPassing: isWorthwhile = isPassing,
  }: RetryOptions = {},
): Promise<T> {
  for (let tried = 0; ; tried++) {
    try {
      return await attempt(tried);
    } catch (error) {
      if (tried + 1 >= attempts || !isWorthwhile(error)) throw error;
      await sleep(jitteredPause(tried, firstPauseMs));
    }
  }
}

/** Milliseconds before the next try, anything up to twice as much each time: who failed together comes back apart. */
export const jitteredPause = (tried: number, firstPauseMs: number): number =>
  Math.random() * Math.min(MAX_PAUSE_MS, firstPauseMs * 2 ** tried);

/** Whether the same call may succeed later: throttling, the server's own faults, broken connections. */
export function isPassing(error: unknown): boolean {
  if (error instanceof S3ServiceException) {
    const status = error.$metadata.httpStatusCode ?? 500;
    // 200: an answer that began well and ended with an error.
    return status >= 500 || status === 429 || status === 408 || status === 200;
  }
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return error.name === 'TimeoutError' || PASSING_CODES.has(code) || error.message === 'aborted';
}

const PASSING_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
]);

/**
 * Runs `work` for every item, at most `limit` at once. After a failure none is begun; it is thrown once all have
 * ended, so that nobody writes any more to what is cleaned up then.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length && failures.length === 0; index = next++) {
      try {
        results[index] = await work(items[index] as Item, index);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (failures.length > 0) throw failures[0];
  return results;
}
