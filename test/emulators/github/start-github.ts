/**
 * A GitHub for tests: what is written there is there afterwards, and every request and answer is held against GitHub's
 * own descriptions.
 *
 *     await using github = await startGithub();
 *     const models = github.createRepository('octo/models');
 *     models.push('main', { 'digits.onnx': before });
 *     models.push('smaller', { 'digits.onnx': after }, { from: 'main' });
 *     const pull = models.openPull({ head: 'smaller' });
 *     const token = github.createToken(models, { contents: 'read', 'pull-requests': 'write' });
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Contract } from './contract.ts';
import { type Fault, Faults } from './faults.ts';
import { Graphql } from './graphql.ts';
import { Rates } from './rates.ts';
import type { Repository, RepositoryOptions } from './repository.ts';
import { type CallLine, Server } from './server.ts';
import { type BinaryComments, LIMITS, type Limits, type Permissions, World } from './world.ts';

export type { WorkflowEvent } from './events.ts';
export * from './events.ts';
export type { Fault } from './faults.ts';
export type { Issue, IssueComment, Pull, Review, ReviewThread, Status } from './model.ts';
export type { Files, Repository } from './repository.ts';
export type { CallLine } from './server.ts';
export type { Permissions } from './world.ts';

export interface GithubOptions {
  /** Any free one by default. */
  readonly port?: number;
  /** Paths as a GitHub Enterprise Server has them. */
  readonly isEnterprise?: boolean;
  readonly limits?: Partial<Limits>;
  readonly now?: () => Date;
  readonly binaryComments?: BinaryComments;
}

export interface GithubEmulator extends AsyncDisposable {
  /** `GITHUB_API_URL` */
  readonly apiUrl: string;
  /** `GITHUB_GRAPHQL_URL` */
  readonly graphqlUrl: string;
  /** `GITHUB_SERVER_URL` */
  readonly serverUrl: string;
  createRepository(fullName: string, options?: RepositoryOptions): Repository;
  fork(parent: Repository, owner: string): Repository;
  /** The token of a workflow run in this repository, whose account is `github-actions[bot]`. */
  createToken(repository: Repository, permissions: Permissions, login?: string): string;
  /** The token of a person, which reaches all repositories. */
  createUserToken(login: string, permissions: Permissions): string;
  /** In the order in which they were answered. */
  readonly calls: readonly CallLine[];
  readonly writes: readonly CallLine[];
  /** The most writes that one token had under way at the same time; GitHub asks for one. */
  readonly parallelWrites: number;
  /** What GitHub overlooks or answers kindly, and what is a mistake all the same: parameters that it does not know. */
  readonly problems: readonly string[];
  forgetCalls(): void;
  addFaults(...faults: readonly Fault[]): void;
  clearFaults(): void;
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1. */
export async function startGithub(options: GithubOptions = {}): Promise<GithubEmulator> {
  const { port = 0, isEnterprise = false, now = () => new Date() } = options;
  const http = createServer({ keepAliveTimeout: 60_000 });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, '127.0.0.1', resolve);
  });
  const serverUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const limits = { ...LIMITS, ...options.limits };
  const world = new World({
    limits,
    now,
    serverUrl,
    apiUrl: isEnterprise ? `${serverUrl}/api/v3` : serverUrl,
    binaryComments: options.binaryComments ?? 'accepted',
  });
  const faults = new Faults();
  const server = new Server({
    world,
    faults,
    contract: new Contract(),
    graphql: new Graphql(),
    rates: new Rates(limits, now),
  });
  http.on('request', (request, response) => void server.answer(request, response));
  const close = async (): Promise<void> => {
    const isClosed = new Promise((resolve) => http.close(resolve));
    http.closeAllConnections();
    await isClosed;
  };
  return {
    apiUrl: world.apiUrl,
    graphqlUrl: isEnterprise ? `${serverUrl}/api/graphql` : `${serverUrl}/graphql`,
    serverUrl,
    createRepository: (fullName, how) => world.createRepository(fullName, how),
    fork: (parent, owner) => world.fork(parent, owner),
    createToken: (repository, permissions, login = 'github-actions[bot]') =>
      world.createToken(login, repository, permissions).value,
    createUserToken: (login, permissions) => world.createToken(login, undefined, permissions).value,
    get calls() {
      return server.calls;
    },
    get writes() {
      return server.calls.filter(({ isWrite }) => isWrite);
    },
    get parallelWrites() {
      return server.parallelWrites;
    },
    get problems() {
      return server.problems;
    },
    forgetCalls: () => server.forget(),
    addFaults: (...more) => faults.add(...more),
    clearFaults: () => faults.clear(),
    close,
    [Symbol.asyncDispose]: close,
  };
}
