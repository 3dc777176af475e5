/** Blobs, trees and commits as git names them: by the SHA-1 of their bytes. */
import { createHash } from 'node:crypto';

export const FILE = '100644';
export const EXECUTABLE = '100755';
export const SYMLINK = '120000';
export const FOLDER = '040000';
export const SUBMODULE = '160000';

export type Mode =
  | typeof FILE
  | typeof EXECUTABLE
  | typeof SYMLINK
  | typeof FOLDER
  | typeof SUBMODULE;

export interface TreeEntry {
  readonly name: string;
  readonly mode: Mode;
  readonly sha: string;
}

/** A file, link or submodule somewhere below a commit's root. */
export interface Leaf {
  readonly mode: Exclude<Mode, typeof FOLDER>;
  readonly sha: string;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: string;
  readonly date: Date;
}

/** What a repository and its forks share. */
export class GitObjects {
  readonly #blobs = new Map<string, Uint8Array>();
  readonly #trees = new Map<string, readonly TreeEntry[]>();
  readonly #commits = new Map<string, Commit>();

  blob(sha: string): Uint8Array | undefined {
    return this.#blobs.get(sha);
  }

  tree(sha: string): readonly TreeEntry[] | undefined {
    return this.#trees.get(sha);
  }

  commit(sha: string): Commit | undefined {
    return this.#commits.get(sha);
  }

  /** Of commits whose id begins so; as with git, at least seven digits. */
  commitByPrefix(prefix: string): Commit | undefined {
    if (!/^[0-9a-f]{7,40}$/.test(prefix)) return undefined;
    return (
      this.commit(prefix) ?? [...this.#commits.values()].find(({ sha }) => sha.startsWith(prefix))
    );
  }

  addBlob(content: string | Uint8Array): string {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const sha = objectId('blob', bytes);
    this.#blobs.set(sha, bytes);
    return sha;
  }

  addTree(entries: readonly TreeEntry[]): string {
    const sorted = entries.toSorted((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
    const bytes = Buffer.concat(
      sorted.flatMap(({ mode, name, sha }) => [
        Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`),
        Buffer.from(sha, 'hex'),
      ]),
    );
    const sha = objectId('tree', bytes);
    this.#trees.set(sha, sorted);
    return sha;
  }

  /** The trees of all folders; the root's id. */
  addFiles(files: ReadonlyMap<string, Leaf>): string {
    const entries: TreeEntry[] = [];
    const folders = new Map<string, Map<string, Leaf>>();
    for (const [path, leaf] of files) {
      const slash = path.indexOf('/');
      if (slash < 0) entries.push({ name: path, ...leaf });
      else {
        const name = path.slice(0, slash);
        const folder = folders.get(name) ?? new Map<string, Leaf>();
        folders.set(name, folder.set(path.slice(slash + 1), leaf));
      }
    }
    for (const [name, inner] of folders)
      entries.push({ name, mode: FOLDER, sha: this.addFiles(inner) });
    return this.addTree(entries);
  }

  addCommit(commit: Omit<Commit, 'sha'>): Commit {
    const seconds = Math.floor(commit.date.getTime() / 1000);
    const who = `${commit.author} <${commit.author}@users.noreply.github.com> ${seconds} +0000`;
    const text = [
      `tree ${commit.tree}`,
      ...commit.parents.map((parent) => `parent ${parent}`),
      `author ${who}`,
      `committer ${who}`,
      '',
      commit.message,
    ].join('\n');
    const made = { ...commit, sha: objectId('commit', Buffer.from(text)) };
    this.#commits.set(made.sha, made);
    return made;
  }

  /** All files below a tree by path, in git's order. */
  files(tree: string, prefix = ''): Map<string, Leaf> {
    const found = new Map<string, Leaf>();
    for (const { name, mode, sha } of this.tree(tree) ?? [])
      if (mode === FOLDER)
        for (const [path, leaf] of this.files(sha, `${prefix}${name}/`)) found.set(path, leaf);
      else found.set(`${prefix}${name}`, { mode, sha });
    return found;
  }

  /** The commit and all before it, nearest first. */
  ancestors(sha: string): ReadonlySet<string> {
    const found = new Set([sha]);
    for (const one of found)
      for (const parent of this.commit(one)?.parents ?? []) found.add(parent);
    return found;
  }

  /** The nearest common ancestor; histories here need no more than one. */
  mergeBase(a: string, b: string): Commit | undefined {
    const before = this.ancestors(a);
    for (const sha of this.ancestors(b)) if (before.has(sha)) return this.commit(sha);
    return undefined;
  }
}

/** The id that git gives these bytes. */
export function objectId(kind: 'blob' | 'tree' | 'commit', bytes: Uint8Array): string {
  return createHash('sha1').update(`${kind} ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Folders sort as if their names ended with a slash. */
const sortKey = ({ name, mode }: TreeEntry): Buffer =>
  Buffer.from(mode === FOLDER ? `${name}/` : name);
