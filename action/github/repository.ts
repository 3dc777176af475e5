/** Commits as the API gives them: merge base, trees and blobs. No checkout is needed. */
import { createHash } from 'node:crypto';
import { LimitError, ToolError } from '../../shared/base/errors.ts';
import type { PullRequest, RepositoryName } from '../trigger.ts';
import { isSameRepository, pullRequestSchema, toPullRequest } from '../trigger.ts';
import type { GitHub } from './client.ts';
import { explainGitHub, statusOf } from './explain.ts';

/** An entry of a tree, as far as Fettle needs it. */
export interface TreeEntry {
  /** From the tree's own root. */
  readonly path: string;
  /** A link or a submodule is `other`: it is never followed. */
  readonly kind: 'file' | 'folder' | 'other';
  /** Git id of the blob or tree. */
  readonly id: string;
  /** Of a file. */
  readonly bytes: number;
}

export interface Tree {
  readonly entries: readonly TreeEntry[];
  /** GitHub left entries out: above 100,000 of them or 7 MB. */
  readonly isTruncated: boolean;
}

/** Reads of one repository. The rest of the Action sees this, and not the client. */
export interface RepositoryReader {
  /** Of two commits; `undefined` where they have none, or one of them is gone. */
  mergeBase(base: string, head: string): Promise<string | undefined>;
  /** `treeish`: a commit or a tree. */
  tree(treeish: string, options: { readonly recursive: boolean }): Promise<Tree>;
  /** @throws ToolError where the bytes are not those of the id */
  blob(id: string, bytes: number): Promise<Uint8Array>;
  /** The open pull request of a branch of a fork whose head is this commit. */
  pullRequestOf(head: {
    readonly repository: RepositoryName;
    readonly branch: string;
    readonly sha: string;
  }): Promise<PullRequest | undefined>;
}

/** GitHub's own bound for the blobs of its API. */
export const BLOB_MAX_BYTES = 100_000_000;

const READ = 'contents: read';

/** Reads of the repository that the workflow runs in; errors say which right is missing. */
export function openRepository({ octokit, repository }: GitHub): RepositoryReader {
  return {
    async mergeBase(base, head) {
      try {
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
          ...repository,
          basehead: `${base}...${head}`,
          // Only the first commit: none of them matters.
          per_page: 1,
        });
        return data.merge_base_commit.sha;
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw explainGitHub(error, `compare ${short(base)} with ${short(head)}`, READ);
      }
    },
    async tree(treeish, { recursive }) {
      try {
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
          ...repository,
          tree_sha: treeish,
          ...(recursive && { recursive: '1' }),
        });
        return { entries: data.tree.map(toEntry), isTruncated: data.truncated };
      } catch (error) {
        throw explainGitHub(error, `read the tree of ${short(treeish)}`, READ);
      }
    },
    async blob(id, bytes) {
      if (bytes > BLOB_MAX_BYTES)
        throw new LimitError(`${bytes} bytes are more than GitHub's API gives of one file`, {
          hint: 'Put the file in Git LFS, or run actions/checkout before Fettle.',
        });
      let data: Uint8Array;
      try {
        data = await readBlob(octokit, repository, id, bytes);
      } catch (error) {
        if (error instanceof ToolError) throw error;
        throw explainGitHub(error, `read the blob ${short(id)}`, READ);
      }
      if (blobId(data, id.length) === id) return data;
      throw new ToolError(`GitHub gave other bytes than those of the blob ${short(id)}`);
    },
    async pullRequestOf({ repository: { owner, repo }, branch, sha }) {
      try {
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/pulls', {
          ...repository,
          state: 'open',
          head: `${owner}:${branch}`,
          per_page: 100,
        });
        return data
          .map((pull) => toPullRequest(pullRequestSchema.parse(pull)))
          .find(
            ({ headSha, headRepository: own }) =>
              headSha === sha && own !== undefined && isSameRepository(own, { owner, repo }),
          );
      } catch (error) {
        throw explainGitHub(error, `find the pull request of ${short(sha)}`, 'pull-requests: read');
      }
    },
  };
}

/** Raw and streamed: as JSON a blob is a third larger, and as text it is no longer itself. */
async function readBlob(
  octokit: GitHub['octokit'],
  repository: RepositoryName,
  id: string,
  bytes: number,
): Promise<Uint8Array> {
  const response = await octokit.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
    ...repository,
    file_sha: id,
    headers: { accept: 'application/vnd.github.raw+json' },
    request: { parseSuccessResponseBody: false },
  });
  const body: unknown = response.data;
  if (!isIterable(body)) throw new ToolError(`GitHub gave no bytes for the blob ${short(id)}`);
  const data = new Uint8Array(bytes);
  let at = 0;
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array) || at + chunk.length > bytes)
      throw new ToolError(`GitHub gave more than the ${bytes} bytes of the blob ${short(id)}`);
    data.set(chunk, at);
    at += chunk.length;
  }
  return data.subarray(0, at);
}

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** Git's name of these bytes as a file. `digits`: 40 with SHA-1, 64 with SHA-256. */
export function blobId(data: Uint8Array, digits = 40): string {
  const hash = createHash(digits === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${data.length}\0`).update(data).digest('hex');
}

function toEntry({
  path,
  mode,
  type,
  sha,
  size,
}: {
  path: string;
  mode: string;
  type: string;
  sha: string;
  size?: number;
}): TreeEntry {
  // A symbolic link is a blob, too, whose text leads anywhere.
  const isFile = type === 'blob' && mode !== '120000';
  const kind = isFile ? 'file' : type === 'tree' ? 'folder' : 'other';
  return { path, kind, id: sha, bytes: size ?? 0 };
}

const short = (id: string): string => id.slice(0, 12);
