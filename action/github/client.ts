/** GitHub's API, REST and GraphQL: requests are counted and repeated with patience, and writes go one after another. */
import { setTimeout as delay } from 'node:timers/promises';
import { getOctokit } from '@actions/github';
import { InputError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import type { RepositoryName } from '../trigger.ts';
import { type Failure, patiently } from './patience.ts';

export type Octokit = ReturnType<typeof getOctokit>;

export interface Calls {
  readonly reads: number;
  readonly writes: number;
}

export interface GitHub {
  readonly octokit: Octokit;
  /** The one that the workflow runs in. */
  readonly repository: RepositoryName;
  /** `https://github.com`, or the one of an Enterprise Server: where Git and its LFS are. */
  readonly serverUrl: string;
  readonly token: string;
  /** Requests that were sent so far, repeated ones included. */
  readonly calls: () => Calls;
}

export interface GitHubOptions {
  readonly token: string;
  /** The runner's: `GITHUB_API_URL`, `GITHUB_SERVER_URL`, `GITHUB_REPOSITORY`. */
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
  readonly now?: () => number;
}

/** One attempt: a blob of 100 MB takes a minute at 14 Mbit/s. */
const TIMEOUT_MS = 120_000;

/** @throws InputError outside of a runner */
export function openGitHub({
  token,
  env,
  log,
  sleep = delay,
  now = Date.now,
}: GitHubOptions): GitHub {
  const octokit = getOctokit(token, {
    baseUrl: env.GITHUB_API_URL || 'https://api.github.com',
    userAgent: 'fettle-action',
    log: { debug: log.debug, info: log.debug, warn: log.debug, error: log.debug },
  });
  const calls = { reads: 0, writes: 0 };
  let lastWrite: Promise<unknown> = Promise.resolve();
  octokit.hook.wrap('request', (request, options) => {
    const kind = kindOf(options);
    const send = async () => {
      calls[kind === 'read' ? 'reads' : 'writes']++;
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await request({ ...options, request: { ...options.request, signal } });
      refuseLimit(response);
      return response;
    };
    const run = () =>
      patiently(send, failureOf, {
        mayRepeat: kind !== 'creation',
        sleep: async (milliseconds) => void (await sleep(milliseconds)),
        now,
        onWait: ({ status, message }, seconds) =>
          log.info(
            `GitHub answered ${status} to ${options.method} ${options.url} (${message}): again in ${seconds} s`,
          ),
      });
    if (kind === 'read') return run();
    const own = lastWrite.then(run, run);
    lastWrite = own.catch(() => undefined);
    return own;
  });
  return {
    octokit,
    repository: parseRepository(env.GITHUB_REPOSITORY),
    serverUrl: env.GITHUB_SERVER_URL || 'https://github.com',
    token,
    calls: () => ({ ...calls }),
  };
}

function parseRepository(name: string | undefined): RepositoryName {
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(name ?? '') ?? [];
  if (owner !== undefined && repo !== undefined) return { owner, repo };
  throw new InputError('GITHUB_REPOSITORY is not set: this is no GitHub runner');
}

/** A creation that is sent twice may be there twice; all else may be repeated. */
type Kind = 'read' | 'update' | 'creation';

function kindOf({ method, url, ...rest }: { method: string; url: string }): Kind {
  if (method === 'GET' || method === 'HEAD') return 'read';
  if (!url.endsWith('/graphql')) return method === 'POST' ? 'creation' : 'update';
  const query = 'query' in rest ? String(rest.query) : '';
  return /^\s*mutation\b/.test(query) ? 'creation' : 'read';
}

/** An answer of GraphQL that is none: limits come with status 200. */
class LimitedError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

function refuseLimit({ headers, data }: { headers: Failure['headers']; data: unknown }): void {
  if (typeof data !== 'object' || data === null || !('errors' in data)) return;
  const errors: readonly unknown[] = Array.isArray(data.errors) ? data.errors : [];
  for (const error of errors) {
    if (typeof error !== 'object' || error === null || !('type' in error)) continue;
    if (error.type === 'RATE_LIMITED')
      throw new LimitedError({ status: 429, headers, message: 'rate limit of GraphQL' });
  }
}

/** Octokit's own error has status 500 where no answer came. */
function failureOf(error: unknown): Failure | undefined {
  if (error instanceof LimitedError) return error.failure;
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { response } = error as { response?: { headers?: Failure['headers'] } };
  return { status: Number(error.status), headers: response?.headers ?? {}, message: error.message };
}
