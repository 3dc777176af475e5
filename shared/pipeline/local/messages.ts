/** What the executor and its worker say to each other, over Node's IPC channel. */
import type { Progress } from '../step.ts';
import type { WireError } from './error-wire.ts';

/** The first message: what does not change while the worker lives. */
export interface Init {
  readonly type: 'init';
  /** A module that exports `loadStep`. */
  readonly registry: string;
  readonly store: string;
  readonly tempDir: string;
  readonly runtime: string;
  /** The user's FETTLE_PYTHON: variables of that name are not passed on. */
  readonly python?: string;
}

export interface Order {
  readonly type: 'order';
  readonly step: string;
  readonly input: unknown;
  readonly fresh: boolean;
  /** Digest → path of the job's own files. */
  readonly sources: Readonly<Record<string, string>>;
}

export type ToWorker = Init | Order;

export type FromWorker =
  | ({ readonly type: 'progress' } & Progress)
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn'; readonly message: string }
  | {
      readonly type: 'done';
      readonly output: unknown;
      readonly seconds: number;
      readonly cached: boolean;
    }
  | { readonly type: 'failed'; readonly error: WireError };
