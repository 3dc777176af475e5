/** What a look needs from outside, whether at an inbox or at what is published. */
import type { Log } from '../../base/log.ts';
import type { Executions } from './executions.ts';
import type { ObjectStore } from './object-store.ts';
import type { Toolchain } from './toolchain.ts';

export interface LookPorts {
  readonly inbox: ObjectStore;
  readonly outbox: ObjectStore;
  readonly executions: Executions;
  readonly log: Log;
  /** Counts for whoever watches. */
  readonly count: (name: string, value: number) => void;
  /** Of this installation; asked for when a job is to be started. */
  readonly toolchain: () => Promise<Toolchain>;
  readonly maxJobs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** When to stop and go on in another look. */
  readonly deadline: number;
}
