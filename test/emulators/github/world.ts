/** Everything on the server: who there is, what they may, and which repositories. */
import { createHash } from 'node:crypto';
import type { Account, Pull } from './model.ts';
import { Repository, type RepositoryOptions } from './repository.ts';

/** As in a workflow's `permissions`. */
export type Permission = 'contents' | 'pull-requests' | 'issues' | 'statuses' | 'checks';
export type Permissions = Readonly<Partial<Record<Permission, 'read' | 'write'>>>;

export interface Token {
  readonly value: string;
  readonly account: Account;
  /** The repository of a workflow's token; a user's reaches all. */
  readonly repository: Repository | undefined;
  readonly permissions: Permissions;
}

/** GitHub's, where nothing else is told; tests make them smaller. */
export interface Limits {
  /** Code points of a comment, and of the text of an issue or pull request. */
  readonly body: number;
  /** Requests of one token in an hour. */
  readonly perHour: number;
  /** Writes that make content, of one token in a minute; the secondary limit. */
  readonly contentPerMinute: number;
  /** Points of one token in a minute: a read is one, a write five. */
  readonly pointsPerMinute: number;
  /** Requests of one token at the same time. */
  readonly concurrent: number;
  /** Entries and bytes of a recursive tree before it is cut. */
  readonly treeEntries: number;
  /** Bytes of a blob that the API still gives. */
  readonly blob: number;
  /** Bytes of a file that the contents API still gives within JSON. */
  readonly content: number;
  /** Files of a pull request that are listed. */
  readonly pullFiles: number;
  /** Files of a comparison that are listed. */
  readonly compareFiles: number;
  /** Statuses of one commit and context. */
  readonly statuses: number;
}

export const LIMITS: Limits = {
  body: 65_536,
  perHour: 1_000,
  contentPerMinute: 80,
  pointsPerMinute: 900,
  concurrent: 100,
  treeEntries: 100_000,
  blob: 100 * 1024 * 1024,
  content: 1024 * 1024,
  pullFiles: 3_000,
  compareFiles: 300,
  statuses: 1_000,
};

/**
 * What becomes of a comment on a binary file as a whole. GitHub's documents do not say; an action must live with each:
 * a refusal, or GraphQL's answer without a thread and without an error.
 */
export type BinaryComments = 'accepted' | 'refused' | 'lost';

export interface WorldOptions {
  readonly limits: Limits;
  readonly now: () => Date;
  /** `https://github.com` */
  readonly serverUrl: string;
  /** `https://api.github.com` */
  readonly apiUrl: string;
  readonly binaryComments: BinaryComments;
}

export class World {
  readonly repositories = new Map<string, Repository>();
  readonly tokens = new Map<string, Token>();
  readonly #accounts = new Map<string, Account>();
  readonly limits: Limits;
  readonly now: () => Date;
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly binaryComments: BinaryComments;
  #lastId = 1_000;

  constructor(options: WorldOptions) {
    this.limits = options.limits;
    this.now = options.now;
    this.serverUrl = options.serverUrl;
    this.apiUrl = options.apiUrl;
    this.binaryComments = options.binaryComments;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  account(login: string): Account {
    const found = this.#accounts.get(login);
    if (found) return found;
    const kind = login.endsWith('[bot]') ? 'Bot' : 'User';
    const made: Account = { id: this.nextId(), login, kind };
    this.#accounts.set(login, made);
    return made;
  }

  createRepository(fullName: string, options: RepositoryOptions = {}): Repository {
    const made = new Repository(this, fullName, options);
    this.repositories.set(fullName.toLowerCase(), made);
    return made;
  }

  fork(parent: Repository, owner: string): Repository {
    const made = new Repository(this, `${owner}/${parent.name}`, { parent });
    this.repositories.set(made.fullName.toLowerCase(), made);
    return made;
  }

  repository(owner: string, name: string): Repository | undefined {
    return this.repositories.get(`${owner}/${name}`.toLowerCase());
  }

  createToken(
    login: string,
    repository: Repository | undefined,
    permissions: Permissions = {},
  ): Token {
    const account = this.account(login);
    const number = this.tokens.size + 1;
    const secret = createHash('sha256').update(`${login} ${number}`).digest('hex').slice(0, 36);
    const value = `${repository ? 'ghs' : 'ghp'}_${secret}`;
    const made: Token = { value, account, repository, permissions };
    this.tokens.set(value, made);
    return made;
  }

  /** Whether a comment on the file as a whole comes to nothing. */
  refusesFileComment(repository: Repository, pull: Pull, path: string): boolean {
    if (this.binaryComments === 'accepted') return false;
    const leaf = repository.filesAt(pull.head.sha).get(path);
    const bytes = leaf && repository.objects.blob(leaf.sha);
    // As git tells binary files.
    return bytes?.subarray(0, 8_000).includes(0) ?? false;
  }
}
