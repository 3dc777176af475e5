/** All files of two commits by path, as the API lists them: also of repositories too large for one answer. */
import { LimitError } from '../../shared/base/errors.ts';
import { keyProblem } from '../../shared/pipeline/distributed/object-key.ts';
import type { ObjectInfo } from '../../shared/pipeline/distributed/object-store.ts';
import type { RepositoryReader, TreeEntry } from '../github/repository.ts';
import type { RepositoryFile } from './model-change.ts';

export interface CommitTree {
  readonly sha: string;
  readonly files: ReadonlyMap<string, RepositoryFile>;
  /** The same as a listing of objects. */
  readonly objects: ReadonlyMap<string, ObjectInfo>;
}

export interface CommitTrees {
  /** Absent where there is nothing to compare with. */
  readonly base: CommitTree | undefined;
  readonly head: CommitTree;
  /** False: folders that are the same in both commits, and that nobody needs, are left out. */
  readonly isComplete: boolean;
}

/** A request each; a repository of a million files has some thousand folders, and few of them change. */
const MAX_LISTINGS = 200;

/**
 * Reads both trees, with one request each where that is enough. Beyond GitHub's bound folders are listed one by one:
 * those that differ, and those on the way to what `isNeeded` names.
 */
export async function readTrees(
  reader: RepositoryReader,
  { base, head }: { readonly base: string | undefined; readonly head: string },
  isNeeded: (folder: string) => boolean,
): Promise<CommitTrees> {
  const [whole, other] = await Promise.all([
    reader.tree(head, { recursive: true }),
    base === undefined ? undefined : reader.tree(base, { recursive: true }),
  ]);
  if (!whole.isTruncated && !other?.isTruncated)
    return {
      head: toTree(head, whole.entries),
      base: base === undefined ? undefined : toTree(base, other?.entries ?? []),
      isComplete: true,
    };
  const walk = new Walk(reader, isNeeded);
  await walk.enter('', base, head);
  return {
    head: toTree(head, walk.head),
    base: base === undefined ? undefined : toTree(base, walk.base),
    isComplete: false,
  };
}

function toTree(sha: string, entries: readonly TreeEntry[]): CommitTree {
  const files = new Map<string, RepositoryFile>();
  for (const { path, kind, id: blob, bytes } of entries)
    if (kind === 'file' && keyProblem(path) === undefined) files.set(path, { path, blob, bytes });
  const objects = new Map([...files].map(([path, file]) => [path, toObject(file)]));
  return { sha, files, objects };
}

/** Git does not say when a file was written, and nothing here asks. */
const NO_TIME = new Date(0);

const toObject = ({ path, blob, bytes }: RepositoryFile): ObjectInfo => ({
  key: path,
  etag: blob,
  bytes,
  lastModified: NO_TIME,
});

/** Both trees side by side, from the root down. */
class Walk {
  readonly #reader: RepositoryReader;
  readonly #isNeeded: (folder: string) => boolean;
  readonly base: TreeEntry[] = [];
  readonly head: TreeEntry[] = [];
  #listings = 0;

  constructor(reader: RepositoryReader, isNeeded: (folder: string) => boolean) {
    this.#reader = reader;
    this.#isNeeded = isNeeded;
  }

  /** `folder` with its `/`; `undefined` where a side has none. */
  async enter(folder: string, base: string | undefined, head: string | undefined): Promise<void> {
    // Both sides alike, and needed: listed once.
    const ours = head === undefined ? [] : await this.#list(head);
    const theirs = base === head ? ours : base === undefined ? [] : await this.#list(base);
    const folders = new Map<string, { base?: string; head?: string }>();
    for (const [side, own] of [
      ['base', theirs],
      ['head', ours],
    ] as const)
      for (const entry of own) {
        const path = folder + entry.path;
        if (entry.kind === 'folder') folders.set(path, { ...folders.get(path), [side]: entry.id });
        else this[side].push({ ...entry, path });
      }
    for (const [path, ids] of folders)
      if (ids.base !== ids.head || this.#isNeeded(`${path}/`))
        await this.enter(`${path}/`, ids.base, ids.head);
  }

  async #list(tree: string): Promise<readonly TreeEntry[]> {
    if (++this.#listings > MAX_LISTINGS)
      throw new LimitError('too many folders changed in a repository too large to be listed', {
        hint: 'Change fewer folders at once, or name the models in fettle.yml.',
      });
    return (await this.#reader.tree(tree, { recursive: false })).entries;
  }
}

/** Paths whose file is another one, or is there in one of the commits alone. Without a base all are. */
export function changedPaths({ base, head }: CommitTrees): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const [path, { blob }] of head.files)
    if (base?.files.get(path)?.blob !== blob) changed.add(path);
  for (const path of base?.files.keys() ?? []) if (!head.files.has(path)) changed.add(path);
  return changed;
}

/** The file at a path, or all files of the folder there. */
export function filesAt({ files }: CommitTree, path: string): RepositoryFile[] {
  const file = files.get(path);
  if (file) return [file];
  const folder = path === '' ? '' : `${path}/`;
  return [...files.values()].filter((one) => one.path.startsWith(folder));
}
