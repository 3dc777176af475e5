/** Failures on purpose: by operation, and how often. */
import { GithubError } from './errors.ts';

export interface Fault {
  /** `issues/create-comment`, `graphql/addPullRequestReview`, `lfs/batch`, `lfs/download`; or a pattern. */
  readonly operation: string | RegExp;
  /** How many calls it befalls; all by default. */
  readonly times?: number;
  /** Calls that pass before. */
  readonly after?: number;
  /** Answers so, and nothing is done. */
  readonly status?: number;
  readonly message?: string;
  /** Of the answer; 429 tells to wait a second unless it tells otherwise. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The connection ends: before anything is done, or after it is done and before the answer. */
  readonly connection?: 'reset' | 'lost';
  /** Milliseconds before anything is done. */
  readonly delay?: number;
}

interface Planned {
  readonly fault: Fault;
  seen: number;
}

const MESSAGES: Readonly<Record<number, string>> = {
  401: 'Bad credentials',
  403: 'Resource not accessible by integration',
  404: 'Not Found',
  422: 'Validation Failed',
  429: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
  500: 'Server Error',
  502: 'Server Error',
  503: 'Service Unavailable',
};

export class Faults {
  #planned: Planned[] = [];

  add(...faults: readonly Fault[]): void {
    this.#planned.push(...faults.map((fault) => ({ fault, seen: 0 })));
  }

  clear(): void {
    this.#planned = [];
  }

  /** What befalls the next call of one of these operations. */
  next(operations: readonly string[]): Fault | undefined {
    const hit = this.#planned.find((one) => {
      const { operation, after = 0, times = Number.POSITIVE_INFINITY } = one.fault;
      if (!operations.some((name) => matches(operation, name))) return false;
      one.seen += 1;
      return one.seen > after && one.seen <= after + times;
    });
    return hit?.fault;
  }
}

const matches = (wanted: string | RegExp, name: string): boolean =>
  typeof wanted === 'string' ? wanted === name : wanted.test(name);

/** The answer of a fault that has a status. */
export function asError({ status = 500, message, headers }: Fault): GithubError {
  return new GithubError(status, message ?? MESSAGES[status] ?? 'Server Error', {
    headers: { ...(status === 429 && { 'retry-after': '1' }), ...headers },
  });
}
