/** One repository: its branches, issues and pull requests; for tests also the ways in which they come about. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { differences, type FileDifference, mergedFiles } from './difference.ts';
import {
  type Commit,
  EXECUTABLE,
  FILE,
  GitObjects,
  type Leaf,
  SUBMODULE,
  type SYMLINK,
} from './git-objects.ts';
import { LfsObjects } from './lfs-objects.ts';
import { type Issue, isPull, type Pull, type Status } from './model.ts';
import type { World } from './world.ts';

/** New contents by path; `null` takes a file away. */
export type Files = Readonly<Record<string, string | Uint8Array | Special | null>>;

/** A file that is more than its bytes; the content of a link is where it leads, a submodule's its commit. */
export interface Special {
  readonly mode: typeof EXECUTABLE | typeof SYMLINK | typeof SUBMODULE;
  readonly content: string | Uint8Array;
}

export interface PushOptions {
  /** Branch or commit that a new branch begins at; a branch without it begins empty. */
  readonly from?: string;
  readonly message?: string;
  readonly author?: string;
  /** A second parent: merges it. */
  readonly merges?: string;
}

export interface OpenPullOptions {
  /** Its branch. */
  readonly head: string;
  /** Where that branch lies; this repository by default. */
  readonly headRepository?: Repository;
  /** The default branch. */
  readonly base?: string;
  readonly title?: string;
  readonly body?: string;
  readonly author?: string;
}

export interface RepositoryOptions {
  readonly defaultBranch?: string;
  readonly visibility?: 'public' | 'private';
  /** "Allow GitHub Actions to create and approve pull requests": off, as in a new repository. */
  readonly actionsMayOpenPulls?: boolean;
}

export class Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly visibility: 'public' | 'private';
  readonly actionsMayOpenPulls: boolean;
  readonly parent: Repository | undefined;
  readonly objects: GitObjects;
  readonly lfs: LfsObjects;
  /** Commits by `heads/main`. */
  readonly refs = new Map<string, string>();
  /** Issues and pull requests by number. */
  readonly issues = new Map<number, Issue>();
  readonly statuses: Status[] = [];
  readonly world: World;

  constructor(
    world: World,
    fullName: string,
    options: RepositoryOptions & { readonly parent?: Repository } = {},
  ) {
    const [owner = '', name = ''] = fullName.split('/');
    this.world = world;
    this.id = world.nextId();
    this.owner = owner;
    this.name = name;
    this.parent = options.parent;
    this.defaultBranch = options.defaultBranch ?? options.parent?.defaultBranch ?? 'main';
    this.visibility = options.visibility ?? options.parent?.visibility ?? 'public';
    this.actionsMayOpenPulls = options.actionsMayOpenPulls ?? false;
    this.objects = options.parent?.objects ?? new GitObjects();
    this.lfs = options.parent?.lfs ?? new LfsObjects();
    for (const [ref, sha] of options.parent?.refs ?? []) this.refs.set(ref, sha);
  }

  get fullName(): string {
    return `${this.owner}/${this.name}`;
  }

  /** A commit upon a branch, which it makes where there is none. Its id. */
  push(branch: string, files: Files, options: PushOptions = {}): string {
    const tip =
      this.refs.get(`heads/${branch}`) ?? (options.from && this.commitAt(options.from).sha);
    const merged = options.merges === undefined ? undefined : this.commitAt(options.merges).sha;
    const all = new Map<string, Leaf>();
    for (const sha of [tip, merged])
      for (const [path, leaf] of sha ? this.filesAt(sha) : [])
        if (!all.has(path)) all.set(path, leaf);
    for (const [path, content] of Object.entries(files)) {
      if (content === null) all.delete(path);
      else all.set(path, this.#leafOf(content));
    }
    const { sha } = this.objects.addCommit({
      tree: this.objects.addFiles(all),
      parents: [tip, merged].flatMap((parent) => parent || []),
      message: options.message ?? `Change ${Object.keys(files).slice(0, 3).join(', ')}`,
      author: options.author ?? this.owner,
      date: this.world.now(),
    });
    this.setRef(`heads/${branch}`, sha);
    return sha;
  }

  /** Moves a branch; open pull requests from it follow, as after a push. */
  setRef(ref: string, sha: string): void {
    this.refs.set(ref, sha);
    for (const repository of this.world.repositories.values())
      for (const pull of repository.pulls()) {
        if (pull.state !== 'open' || pull.head.repository !== this) continue;
        if (`heads/${pull.head.ref}` !== ref) continue;
        pull.head.sha = sha;
        pull.base.sha = repository.refs.get(`heads/${pull.base.ref}`) ?? pull.base.sha;
      }
  }

  openPull(options: OpenPullOptions): Pull {
    const { headRepository = this, base = this.defaultBranch } = options;
    const pull: Pull = {
      ...this.#newIssue(options.title ?? options.head, options.body ?? '', options.author),
      base: { ref: base, sha: this.commitAt(base).sha },
      head: {
        ref: options.head,
        repository: headRepository,
        sha: headRepository.commitAt(options.head).sha,
      },
      reviews: [],
      threads: [],
      notifications: 0,
    };
    this.issues.set(pull.number, pull);
    return pull;
  }

  openIssue(title: string, body = '', author?: string): Issue {
    const issue = this.#newIssue(title, body, author);
    this.issues.set(issue.number, issue);
    return issue;
  }

  #newIssue(title: string, body: string, author = this.owner): Issue {
    return {
      id: this.world.nextId(),
      number: this.issues.size + 1,
      author: this.world.account(author),
      createdAt: this.world.now(),
      updatedAt: this.world.now(),
      title,
      body,
      state: 'open',
      labels: [],
      comments: [],
    };
  }

  pulls(): Pull[] {
    return [...this.issues.values()].filter(isPull);
  }

  /** @throws Error where there is none */
  pull(number: number): Pull {
    const found = this.issues.get(number);
    if (!found || !isPull(found)) throw new Error(`${this.fullName} has no pull request ${number}`);
    return found;
  }

  /** What the pull request changes: since the merge base, not since the branch's tip. */
  changesOf(pull: Pull): readonly FileDifference[] {
    const base = this.objects.mergeBase(
      this.refs.get(`heads/${pull.base.ref}`) ?? '',
      pull.head.sha,
    );
    const head = this.commitAt(pull.head.sha);
    return differences(this.objects, base?.tree ?? '', head.tree);
  }

  /** The commit that `GITHUB_SHA` names in runs for the pull request. */
  mergeCommit(pull: Pull): Commit {
    const [ours, theirs] = [this.commitAt(pull.base.ref), this.commitAt(pull.head.sha)];
    const base = this.objects.mergeBase(ours.sha, theirs.sha);
    return this.objects.addCommit({
      tree: this.objects.addFiles(
        mergedFiles(this.objects, { base: base?.tree ?? '', ours: ours.tree, theirs: theirs.tree }),
      ),
      parents: [ours.sha, theirs.sha],
      message: `Merge ${theirs.sha} into ${ours.sha}`,
      author: pull.author.login,
      // The same as often as it is asked for.
      date: theirs.date,
    });
  }

  /** By branch, `heads/…`, `pull/1/head` or id. */
  findCommit(name: string): Commit | undefined {
    const [, number, side] = /^(?:refs\/)?pull\/(\d+)\/(head|merge)$/.exec(name) ?? [];
    const issue = number === undefined ? undefined : this.issues.get(Number(number));
    if (issue && isPull(issue))
      return side === 'merge' ? this.mergeCommit(issue) : this.objects.commit(issue.head.sha);
    const ref = name.replace(/^refs\//, '');
    const sha = this.refs.get(`heads/${ref}`) ?? this.refs.get(ref);
    return sha === undefined ? this.objects.commitByPrefix(name) : this.objects.commit(sha);
  }

  /** @throws Error where there is none */
  commitAt(name: string): Commit {
    const found = this.findCommit(name);
    if (!found) throw new Error(`${this.fullName} has no commit ${name}`);
    return found;
  }

  filesAt(commit: string): Map<string, Leaf> {
    return this.objects.files(this.commitAt(commit).tree);
  }

  /** @throws Error where there is no such file */
  read(commit: string, path: string): Uint8Array {
    const leaf = this.filesAt(commit).get(path);
    const bytes = leaf && this.objects.blob(leaf.sha);
    if (!bytes) throw new Error(`${commit} has no file ${path}`);
    return bytes;
  }

  /** Writes the files as `actions/checkout` does, without the history and without LFS objects. */
  checkout(commit: string, folder: string): void {
    for (const [path, { sha, mode }] of this.filesAt(commit)) {
      const bytes = this.objects.blob(sha);
      if (!bytes || mode === SUBMODULE) continue;
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, bytes, { mode: mode === EXECUTABLE ? 0o755 : 0o644 });
    }
  }

  #leafOf(content: string | Uint8Array | Special): Leaf {
    if (typeof content === 'string' || content instanceof Uint8Array)
      return { mode: FILE, sha: this.objects.addBlob(content) };
    if (content.mode === SUBMODULE) return { mode: SUBMODULE, sha: String(content.content) };
    return { mode: content.mode, sha: this.objects.addBlob(content.content) };
  }
}
