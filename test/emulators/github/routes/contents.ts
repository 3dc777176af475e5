/** Files and folders by path. */
import type { Call, Reply } from '../call.ts';
import { GithubError, notFound } from '../errors.ts';
import { FOLDER, SUBMODULE, SYMLINK, type TreeEntry } from '../git-objects.ts';
import type { JsonRecord } from '../prune-openapi.ts';
import * as show from '../represent.ts';
import type { Route } from './route.ts';

/** Entries of a folder that this API tells. */
const FOLDER_ENTRIES = 1_000;

export const getContents: Route = {
  needs: ['contents:read'],
  run: (call) => {
    const ref = call.query('ref') ?? call.repository.defaultBranch;
    const commit = call.repository.findCommit(ref);
    if (!commit) throw new GithubError(404, `No commit found for the ref ${ref}`);
    const path = call.param('path').replace(/^\/+|\/+$/g, '');
    const entry = entryAt(call, commit.tree, path);
    if (!entry) throw notFound();
    return entry.mode === FOLDER ? folder(call, ref, path, entry) : file(call, ref, path, entry);
  },
};

function entryAt({ repository }: Call, tree: string, path: string): TreeEntry | undefined {
  let entry: TreeEntry = { name: '', mode: FOLDER, sha: tree };
  for (const name of path.split('/').filter((part) => part !== '')) {
    const next = repository.objects.tree(entry.sha)?.find((one) => one.name === name);
    if (!next) return undefined;
    entry = next;
  }
  return entry;
}

function folder(call: Call, ref: string, path: string, { sha }: TreeEntry): Reply {
  const entries = (call.repository.objects.tree(sha) ?? [])
    .slice(0, FOLDER_ENTRIES)
    .map((entry) => member(call, ref, path === '' ? entry.name : `${path}/${entry.name}`, entry));
  if (!call.wants('object')) return { status: 200, body: entries };
  const name = path.slice(path.lastIndexOf('/') + 1);
  const body = { type: 'dir', size: 0, name, path, sha, entries, url: urlOf(call, path, ref) };
  return { status: 200, variant: 'object', body };
}

function file(call: Call, ref: string, path: string, entry: TreeEntry): Reply {
  const { repository, world } = call;
  const bytes = repository.objects.blob(entry.sha);
  const shown = member(call, ref, path, entry);
  if (entry.mode === SUBMODULE)
    return { status: 200, body: { ...shown, type: 'submodule', submodule_git_url: '' } };
  if (!bytes) throw notFound();
  if (entry.mode === SYMLINK)
    return { status: 200, body: { ...shown, target: Buffer.from(bytes).toString() } };
  if (bytes.length > world.limits.blob) throw tooLarge();
  if (call.wants('raw'))
    return { status: 200, raw: { type: 'application/vnd.github.raw+json', bytes } };
  const isShort = bytes.length <= world.limits.content;
  return {
    status: 200,
    body: {
      ...shown,
      encoding: isShort ? 'base64' : 'none',
      content: isShort ? base64Lines(bytes) : '',
    },
  };
}

function member(call: Call, ref: string, path: string, entry: TreeEntry): JsonRecord {
  return {
    type: KINDS[entry.mode],
    size: call.repository.objects.blob(entry.sha)?.length ?? 0,
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    sha: entry.sha,
    url: urlOf(call, path, ref),
    git_url: `${show.apiUrl(call.repository)}/git/blobs/${entry.sha}`,
  };
}

const KINDS: Readonly<Record<TreeEntry['mode'], string>> = {
  '100644': 'file',
  '100755': 'file',
  '120000': 'symlink',
  '040000': 'dir',
  // As GitHub lists them in folders; alone they are called what they are.
  '160000': 'file',
};

const urlOf = ({ repository }: Call, path: string, ref: string): string =>
  `${show.apiUrl(repository)}/contents/${encodeURI(path)}?ref=${encodeURIComponent(ref)}`;

export const tooLarge = (): GithubError =>
  new GithubError(
    403,
    'This API returns blobs up to 100 MB in size. The requested blob is too large to fetch via the API, but you can always clone the repository via Git in order to obtain the blob.',
    { errors: [{ resource: 'Blob', field: 'data', code: 'too_large' }] },
  );

/** With a line break after 60 characters, as GitHub writes it. */
export const base64Lines = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('base64')
    .replace(/.{1,60}/g, '$&\n');
