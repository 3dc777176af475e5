/** What a running machine stands on, and what of it can be continued after a failure. */
import type { Clock } from './clock.ts';
import type { History } from './history.ts';
import type { Json } from './json.ts';
import type { MapRun } from './map-run.ts';
import type { ObjectAccess } from './object-access.ts';
import type { TaskTokens } from './task-tokens.ts';
import type { TaskTable } from './tasks.ts';

/** The world around all executions. */
export interface Runtime {
  readonly region: string;
  readonly account: string;
  readonly clock: Clock;
  /** Uniform in [0, 1): the jitter of retries. */
  readonly random: () => number;
  readonly tasks: TaskTable;
  readonly tokens: TaskTokens;
  /** Readers and writers of distributed maps. */
  readonly objects: ObjectAccess;
  /** What stands for a tolerated failed item in a map's output: implementations differ. */
  readonly toleratedFailures: 'absent' | 'null';
  readonly onMapRun: (run: MapRun) => void;
}

/** One execution as its states see it. */
export interface Frame {
  readonly runtime: Runtime;
  readonly execution: ExecutionFacts;
  readonly history: History;
  readonly signal: AbortSignal;
  /** Of the inline map around. */
  readonly mapItem?: { readonly Index: number; readonly Value: Json };
  /** Of the scopes around: to be read, not assigned. */
  readonly outerVariables: Readonly<Record<string, Json>>;
}

export interface ExecutionFacts {
  readonly arn: string;
  readonly name: string;
  readonly input: Json;
  /** Milliseconds since 1970. */
  readonly startDate: number;
  readonly redriveCount: number;
  readonly machineArn: string;
  readonly machineName: string;
}

/** Where a machine stands. Left as it is when the machine fails, so that a redrive goes on from there. */
export interface Checkpoint {
  state: string;
  input: Json;
  variables: Readonly<Record<string, Json>>;
  /** Of the `Parallel` or inline `Map` that this state is. */
  branches?: readonly Branch[] | undefined;
  /** Of the distributed `Map` that this state is. */
  mapRun?: MapRun | undefined;
}

/** A branch or an iteration: what it still has to do, or what it gave. */
export interface Branch {
  readonly checkpoint: Checkpoint;
  readonly mapItem?: { readonly Index: number; readonly Value: Json };
  done?: { readonly output: Json };
}
