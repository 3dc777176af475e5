import { randomUUID } from 'node:crypto';
import type { Json } from './json.ts';
import { StatesError } from './states-error.ts';

interface Waiting {
  readonly succeed: (output: Json) => void;
  readonly fail: (error: StatesError) => void;
  readonly beat: () => void;
}

/** Tasks that wait until somebody answers with their token. */
export class TaskTokens {
  readonly #waiting = new Map<string, Waiting>();

  /** A new token; the caller awaits `answer` and calls `close` whatever came. */
  open(beat: () => void): { token: string; answer: Promise<Json>; close: () => void } {
    const token = randomUUID();
    const { promise, resolve, reject } = Promise.withResolvers<Json>();
    this.#waiting.set(token, { succeed: resolve, fail: reject, beat });
    return { token, answer: promise, close: () => this.#waiting.delete(token) };
  }

  succeed(token: string, output: Json): void {
    this.#known(token).succeed(output);
  }

  fail(token: string, error: string, cause: string): void {
    this.#known(token).fail(new StatesError(error, cause));
  }

  heartbeat(token: string): void {
    this.#known(token).beat();
  }

  #known(token: string): Waiting {
    const waiting = this.#waiting.get(token);
    if (!waiting) throw new UnknownToken();
    return waiting;
  }
}

/** The task has ended, or there never was one with this token. */
export class UnknownToken extends Error {}
