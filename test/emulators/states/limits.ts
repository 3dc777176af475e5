import { type Json, jsonBytes } from './json.ts';
import { StatesError } from './states-error.ts';

/** The service's quota of a state's input or output. */
export const PAYLOAD_BYTES = 256 * 1024;

/** The service's quota of one STANDARD execution; it fails when it needs one more. */
export const HISTORY_EVENTS = 25_000;

/** The service's quota of children of one map run at once. */
export const MAP_RUN_CHILDREN = 10_000;

/** What an inline map runs at once when it names no number. */
export const INLINE_CONCURRENCY = 40;

/** Seconds; the service's largest wait or time-out. */
export const LONGEST_SECONDS = 99_999_999;

/** The value itself; fails with `States.DataLimitExceeded` when its JSON is larger than 256 KiB. */
export function bounded<T extends Json>(value: T, what: string): T {
  const bytes = jsonBytes(value);
  if (bytes <= PAYLOAD_BYTES) return value;
  throw new StatesError(
    'States.DataLimitExceeded',
    `${what} has ${bytes} bytes, which exceeds the limit of ${PAYLOAD_BYTES} bytes.`,
  );
}
