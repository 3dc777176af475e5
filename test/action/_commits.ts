/** Two commits in memory, read as the API gives them. */
import { createHash } from 'node:crypto';
import { findChanges, type Side } from '../../action/changes/find-changes.ts';
import type { ModelChange, ModelFiles } from '../../action/changes/model-change.ts';
import { readCommits } from '../../action/changes/read-commits.ts';
import { looksOf } from '../../action/fetch/looks.ts';
import { Stage } from '../../action/fetch/stage.ts';
import type { LfsObject } from '../../action/github/lfs.ts';
import { blobId, type RepositoryReader, type TreeEntry } from '../../action/github/repository.ts';
import { makeTempDir } from '../../shared/base/files.ts';

export type Contents = Readonly<Record<string, string | Uint8Array>>;

export const BASE = 'b'.repeat(40);
export const HEAD = 'a'.repeat(40);

export const bytesOf = (content: string | Uint8Array): Uint8Array => Buffer.from(content);

/** The text that stands in a repository for a file in Git LFS. */
export function pointerTo(content: string | Uint8Array): string {
  const oid = createHash('sha256').update(content).digest('hex');
  const { length } = bytesOf(content);
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${length}\n`;
}

export interface FakeRepository extends RepositoryReader {
  /** `tree head recursive`, `blob models/a.onnx`, … in their order. */
  readonly calls: string[];
}

/** `mostEntries`: what a recursive listing gives at the most. */
export function repositoryOf(
  { base = {}, head = {} }: { readonly base?: Contents; readonly head?: Contents },
  { mostEntries = 1000 } = {},
): FakeRepository {
  const calls: string[] = [];
  const blobs = new Map<string, { path: string; data: Uint8Array }>();
  const folders = new Map<string, { name: string; contents: Contents }>();
  const level = (contents: Contents): TreeEntry[] => {
    const entries = new Map<string, TreeEntry>();
    const inner = new Map<string, Record<string, string | Uint8Array>>();
    for (const [path, content] of Object.entries(contents)) {
      const [name = '', ...rest] = path.split('/');
      if (rest.length > 0) inner.set(name, { ...inner.get(name), [rest.join('/')]: content });
      else {
        const data = bytesOf(content);
        entries.set(name, { path: name, kind: 'file', id: blobId(data), bytes: data.length });
      }
    }
    for (const [name, own] of inner) {
      const id = blobId(Buffer.from(JSON.stringify(level(own))));
      folders.set(id, { name, contents: own });
      entries.set(name, { path: name, kind: 'folder', id, bytes: 0 });
    }
    return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  };
  for (const [name, contents] of Object.entries({ [BASE]: base, [HEAD]: head })) {
    folders.set(name, { name: name === BASE ? 'base' : 'head', contents });
    for (const [path, content] of Object.entries(contents)) {
      const data = bytesOf(content);
      if (!blobs.has(blobId(data))) blobs.set(blobId(data), { path, data });
    }
  }
  return {
    calls,
    mergeBase: async () => BASE,
    pullRequestOf: async () => undefined,
    tree: async (id, { recursive }) => {
      level(base);
      level(head);
      const folder = folders.get(id);
      if (!folder) throw new Error(`no tree ${id}`);
      calls.push(`tree ${folder.name}${recursive ? ' recursive' : ''}`);
      if (!recursive) return { entries: level(folder.contents), isTruncated: false };
      const entries = Object.entries(folder.contents).map(([path, content]): TreeEntry => {
        const data = bytesOf(content);
        return { path, kind: 'file', id: blobId(data), bytes: data.length };
      });
      return { entries: entries.slice(0, mostEntries), isTruncated: entries.length > mostEntries };
    },
    blob: async (id) => {
      const blob = blobs.get(id);
      if (!blob) throw new Error(`no blob ${id}`);
      calls.push(`blob ${blob.path}`);
      return blob.data;
    },
  };
}

export interface FoundOptions {
  readonly trusted?: Side;
  readonly code?: Side;
  readonly mostEntries?: number;
  readonly savesLfs?: boolean;
  readonly configPath?: string;
  /** What Git LFS has. */
  readonly lfs?: readonly (string | Uint8Array)[];
}

/** What findChanges finds between two commits, in short, and the requests that it took. */
export async function changesBetween(
  commits: { readonly base?: Contents; readonly head: Contents },
  {
    trusted = 'head',
    code = 'base',
    mostEntries,
    savesLfs = false,
    configPath = 'fettle.yml',
    lfs = [],
  }: FoundOptions = {},
) {
  const reader = repositoryOf(commits, mostEntries === undefined ? {} : { mostEntries });
  const stage = stageOf(reader, { lfs });
  const base = commits.base ? BASE : undefined;
  const states = { base, head: HEAD, trusted };
  const trees = await readCommits(reader, states, configPath, (file) => stage.text(file));
  const looks = looksOf(trees, stage, { savesLfs });
  const { changes, problems } = await findChanges({ trees, configPath, trusted, code }, looks);
  return { changes, problems, short: changes.map(shortOf), calls: reader.calls };
}

/** A stage without a checkout; Git LFS has these contents. */
export function stageOf(
  reader: RepositoryReader,
  {
    lfs = [],
    workspace,
    maxBytes = 1e9,
    asked = [],
  }: {
    lfs?: readonly (string | Uint8Array)[];
    workspace?: string;
    maxBytes?: number;
    asked?: (readonly LfsObject[])[];
  } = {},
): Stage {
  const objects = new Map(
    lfs.map((content) => [createHash('sha256').update(content).digest('hex'), bytesOf(content)]),
  );
  return new Stage({
    folder: makeTempDir('stage'),
    reader,
    workspace,
    maxBytes,
    lfs: {
      locate: async (_, wanted) => {
        asked.push(wanted);
        return new Map(
          wanted
            .filter(({ sha256 }) => objects.has(sha256))
            .map(({ sha256 }) => [sha256, { href: `https://lfs/${sha256}`, header: {} }]),
        );
      },
      download: async ({ sha256 }, _, path) => {
        const { mkdirSync, writeFileSync } = await import('node:fs');
        mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
        writeFileSync(path, objects.get(sha256) ?? '');
      },
    },
  });
}

function shortOf({ name, status, base, head, data }: ModelChange): string {
  const files = (model: ModelFiles | undefined): string =>
    model ? model.files.map(({ path }) => path).join(' + ') : '∅';
  const beside = data.length > 0 ? ` with ${data.map(({ path }) => path).join(', ')}` : '';
  return `${name} ${status}: ${files(base)} → ${files(head)}${beside}`;
}
