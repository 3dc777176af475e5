/** A step of posting that may be refused: what went wrong is kept and said, and the next surface has its turn. */

import type { Log } from '../../shared/base/log.ts';
import { statusOf } from '../github/explain.ts';

/** What could not be posted, in words for people. */
export interface Failure {
  /** "post the summary comment" */
  readonly doing: string;
  readonly status?: number;
  readonly message: string;
  /** What the workflow must grant, as it is written there. */
  readonly permission: string;
}

/** An error of GraphQL, which comes with status 200. */
export class RefusedError extends Error {
  /** `FORBIDDEN`, `UNPROCESSABLE`, … */
  readonly type: string | undefined;

  constructor(message: string, type?: string) {
    super(message);
    this.type = type;
  }
}

/** The steps of one run, and which of them were refused. */
export class Attempts {
  readonly failures: Failure[] = [];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** The step's result; `undefined` where it was refused, after that was said. */
  async make<T>(doing: string, permission: string, step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      this.fail(doing, permission, error);
      return undefined;
    }
  }

  fail(doing: string, permission: string, error: unknown): void {
    const status = error instanceof RefusedError ? forbidden(error) : statusOf(error);
    const text = error instanceof Error ? error.message : String(error);
    // Octokit puts the address of a page of the documentation behind what GitHub said.
    const message = (text.split('\n')[0] ?? '').replace(/ - https:\/\/\S+$/, '');
    const failure: Failure = {
      doing,
      message,
      permission,
      ...(status === undefined ? {} : { status }),
    };
    this.failures.push(failure);
    this.#log.warn(failureText(failure));
  }
}

const forbidden = ({ type }: RefusedError): number | undefined =>
  type === 'FORBIDDEN' || type === 'INSUFFICIENT_SCOPES' ? 403 : undefined;

/** One line, with what to do where that is known. */
export function failureText({ doing, status, message, permission }: Failure): string {
  const what = `GitHub did not let Fettle ${doing}: ${status === undefined ? '' : `${status} `}${message}`;
  if (status === 403 || status === 404) {
    return `${what}. Grant it in the workflow: \`permissions: { ${permission} }\``;
  }
  return what;
}
