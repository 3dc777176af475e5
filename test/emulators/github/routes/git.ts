/** The objects and references of git. */
import type { Call, Reply } from '../call.ts';
import { GithubError, invalid, notFound } from '../errors.ts';
import { EXECUTABLE, FILE, FOLDER, type Leaf, SUBMODULE, SYMLINK } from '../git-objects.ts';
import { isRecord, type JsonRecord } from '../prune-openapi.ts';
import * as show from '../represent.ts';
import { base64Lines, tooLarge } from './contents.ts';
import type { Route } from './route.ts';

export const getBlob: Route = {
  needs: ['contents:read'],
  run: (call) => {
    const sha = call.param('file_sha');
    const bytes = call.repository.objects.blob(sha);
    if (!bytes) throw notFound();
    if (bytes.length > call.world.limits.blob) throw tooLarge();
    if (call.wants('raw'))
      return { status: 200, raw: { type: 'application/vnd.github.raw+json', bytes } };
    const url = `${show.apiUrl(call.repository)}/git/blobs/${sha}`;
    return {
      status: 200,
      body: { sha, size: bytes.length, encoding: 'base64', content: base64Lines(bytes), url },
    };
  },
};

export const createBlob: Route = {
  needs: ['contents:write'],
  run: (call) => {
    const encoding = call.text('encoding') === 'base64' ? 'base64' : 'utf8';
    const bytes = Buffer.from(call.text('content') ?? '', encoding);
    const sha = call.repository.objects.addBlob(bytes);
    return { status: 201, body: { sha, url: `${show.apiUrl(call.repository)}/git/blobs/${sha}` } };
  },
};

export const getTree: Route = {
  needs: ['contents:read'],
  run: (call) => {
    const { repository, world } = call;
    const { objects } = repository;
    const name = call.param('tree_sha');
    const sha = objects.tree(name) ? name : repository.findCommit(name)?.tree;
    if (sha === undefined) throw notFound();
    // Whatever it is set to, even `false`.
    const isRecursive = call.query('recursive') !== undefined;
    const all = entriesOf(call, sha, '', isRecursive);
    const shown = all.slice(0, world.limits.treeEntries);
    return {
      status: 200,
      body: {
        sha,
        url: `${show.apiUrl(repository)}/git/trees/${sha}`,
        tree: shown,
        truncated: shown.length < all.length,
      },
    };
  },
};

function entriesOf(call: Call, sha: string, prefix: string, isRecursive: boolean): JsonRecord[] {
  return (call.repository.objects.tree(sha) ?? []).flatMap(({ name, mode, sha: inner }) => {
    const path = `${prefix}${name}`;
    const entry = show.treeEntry(call.repository, path, { mode, sha: inner });
    return isRecursive && mode === FOLDER
      ? [entry, ...entriesOf(call, inner, `${path}/`, true)]
      : [entry];
  });
}

export const createTree: Route = {
  needs: ['contents:write'],
  run: (call) => {
    const { objects } = call.repository;
    const base = call.text('base_tree');
    const tree = base === undefined ? undefined : (objects.commit(base)?.tree ?? base);
    if (tree !== undefined && !objects.tree(tree)) throw invalid('Tree', 'base_tree');
    const files = tree === undefined ? new Map<string, Leaf>() : objects.files(tree);
    for (const entry of Array.isArray(call.body.tree) ? call.body.tree : [])
      if (isRecord(entry)) applyEntry(call, files, entry);
    const sha = objects.addFiles(files);
    const body = {
      sha,
      url: `${show.apiUrl(call.repository)}/git/trees/${sha}`,
      tree: entriesOf(call, sha, '', false),
      truncated: false,
    };
    return { status: 201, body };
  },
};

function applyEntry(call: Call, files: Map<string, Leaf>, entry: JsonRecord): void {
  const { objects } = call.repository;
  const path = String(entry.path ?? '');
  const mode = LEAVES.find((one) => one === entry.mode);
  if (path === '' || path.startsWith('/') || mode === undefined)
    throw new GithubError(422, 'tree.path contains a malformed path component');
  if (entry.sha === null) files.delete(path);
  else if (typeof entry.content === 'string')
    files.set(path, { mode, sha: objects.addBlob(entry.content) });
  else if (typeof entry.sha === 'string' && (mode === SUBMODULE || objects.blob(entry.sha)))
    files.set(path, { mode, sha: entry.sha });
  else throw new GithubError(422, `tree.sha ${String(entry.sha)} is not a valid blob`);
}

const LEAVES = [FILE, EXECUTABLE, SYMLINK, SUBMODULE] as const;

export const getGitCommit: Route = {
  needs: ['contents:read'],
  run: (call) => {
    const commit = call.repository.objects.commit(call.param('commit_sha'));
    if (!commit) throw notFound();
    return { status: 200, body: show.gitCommit(commit) };
  },
};

export const createGitCommit: Route = {
  needs: ['contents:write'],
  run: (call) => {
    const { objects } = call.repository;
    const tree = call.text('tree') ?? '';
    if (!objects.tree(tree)) throw new GithubError(422, 'Tree SHA does not exist');
    const parents = Array.isArray(call.body.parents) ? call.body.parents.map(String) : [];
    if (parents.some((sha) => !objects.commit(sha)))
      throw new GithubError(422, 'Parent SHA does not exist or is not a commit object');
    const commit = objects.addCommit({
      tree,
      parents,
      message: call.text('message') ?? '',
      author: call.token.account.login,
      date: call.world.now(),
    });
    return { status: 201, body: show.gitCommit(commit) };
  },
};

export const getRef: Route = {
  needs: ['contents:read'],
  run: (call) => refReply(call, 200, call.param('ref')),
};

export const createRef: Route = {
  needs: ['contents:write'],
  run: (call) => {
    const full = call.text('ref') ?? '';
    if (!/^refs\/[^/]+\/./.test(full))
      throw new GithubError(422, 'Reference name must start with "refs/" and have two slashes');
    const ref = full.replace(/^refs\//, '');
    if (call.repository.refs.has(ref)) throw new GithubError(422, 'Reference already exists');
    call.repository.setRef(ref, knownCommit(call));
    return refReply(call, 201, ref);
  },
};

export const updateRef: Route = {
  needs: ['contents:write'],
  run: (call) => {
    const { objects, refs } = call.repository;
    const ref = call.param('ref');
    const before = refs.get(ref);
    if (before === undefined) throw new GithubError(422, 'Reference does not exist');
    const after = knownCommit(call);
    if (call.body.force !== true && !objects.ancestors(after).has(before))
      throw new GithubError(422, 'Update is not a fast forward');
    call.repository.setRef(ref, after);
    return refReply(call, 200, ref);
  },
};

export const deleteRef: Route = {
  needs: ['contents:write'],
  run: (call) => {
    if (!call.repository.refs.delete(call.param('ref')))
      throw new GithubError(422, 'Reference does not exist');
    return { status: 204 };
  },
};

function knownCommit(call: Call): string {
  const sha = call.text('sha') ?? '';
  if (!call.repository.objects.commit(sha)) throw new GithubError(422, 'Object does not exist');
  return sha;
}

function refReply({ repository }: Call, status: number, ref: string): Reply {
  const sha = repository.refs.get(ref);
  if (sha === undefined) throw notFound();
  return {
    status,
    body: {
      ref: `refs/${ref}`,
      url: `${show.apiUrl(repository)}/git/refs/${ref}`,
      object: { sha, type: 'commit', url: `${show.apiUrl(repository)}/git/commits/${sha}` },
    },
  };
}
