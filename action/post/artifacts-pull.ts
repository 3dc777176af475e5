/** One pull request that brings committed artifacts up to date, with the report as its body. */

import { z } from 'zod';
import { statusOf } from '../github/explain.ts';
import type { RepositoryName } from '../trigger.ts';
import { hasMarker, stateOfBody } from './markers.ts';
import type { GithubApi } from './ports.ts';

export interface CommittedArtifact {
  /** From the repository's root; a file that is there already. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface ArtifactsPull {
  readonly repository: RepositoryName;
  /** The branch that it wants to change, and its newest commit. */
  readonly baseRef: string;
  readonly baseSha: string;
  readonly files: readonly CommittedArtifact[];
  /** Name of the marker that `body` begins with; the branch is called after it. */
  readonly marker: string;
  readonly body: string;
}

/** The API takes blobs up to 100 MB; base64 is a third longer. */
export const ARTIFACT_MAX_BYTES = 70_000_000;

const TITLE = 'Update the models that Fettle made';

const sha = z.object({ sha: z.string() });
const commitSchema = z.object({ tree: sha });
const pullSchema = z.object({
  number: z.number(),
  html_url: z.string(),
  body: z.string().nullish(),
});

/**
 * The branch is made anew from `baseSha` each time, so it never conflicts. Gives the pull request's address.
 * Needs `contents: write` and `pull-requests: write`.
 */
export async function postArtifacts(api: GithubApi, pull: ArtifactsPull): Promise<string> {
  const { repository, baseRef, body, marker } = pull;
  const branch = `fettle/${marker}`;
  const head = `${repository.owner}:${branch}`;
  const open = z
    .array(pullSchema)
    .parse(
      await api.rest('GET /repos/{owner}/{repo}/pulls', { ...repository, head, state: 'open' }),
    );
  const own = open.find((one) => hasMarker(one.body ?? '', marker));
  if (own && stateOfBody(own.body ?? '') === stateOfBody(body)) return own.html_url;
  const commit = await writeCommit(api, pull);
  await moveBranch(api, repository, branch, commit);
  if (own) {
    const route = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}';
    await api.rest(route, { ...repository, pull_number: own.number, body });
    return own.html_url;
  }
  const made = pullSchema.parse(
    await api.rest('POST /repos/{owner}/{repo}/pulls', {
      ...repository,
      title: TITLE,
      head: branch,
      base: baseRef,
      body,
    }),
  );
  return made.html_url;
}

async function writeCommit(
  api: GithubApi,
  { repository, baseSha, files }: ArtifactsPull,
): Promise<string> {
  const parent = commitSchema.parse(
    await api.rest('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
      ...repository,
      commit_sha: baseSha,
    }),
  );
  const tree: { path: string; mode: string; type: string; sha: string }[] = [];
  for (const { path, bytes } of files) {
    const content = Buffer.from(bytes).toString('base64');
    const blob = sha.parse(
      await api.rest('POST /repos/{owner}/{repo}/git/blobs', {
        ...repository,
        content,
        encoding: 'base64',
      }),
    );
    tree.push({ path, mode: '100644', type: 'blob', sha: blob.sha });
  }
  const made = sha.parse(
    await api.rest('POST /repos/{owner}/{repo}/git/trees', {
      ...repository,
      base_tree: parent.tree.sha,
      tree,
    }),
  );
  const commit = sha.parse(
    await api.rest('POST /repos/{owner}/{repo}/git/commits', {
      ...repository,
      message: TITLE,
      tree: made.sha,
      parents: [baseSha],
    }),
  );
  return commit.sha;
}

async function moveBranch(
  api: GithubApi,
  repository: RepositoryName,
  branch: string,
  commit: string,
): Promise<void> {
  try {
    await api.rest('PATCH /repos/{owner}/{repo}/git/refs/{ref}', {
      ...repository,
      ref: `heads/${branch}`,
      sha: commit,
      force: true,
    });
  } catch (error) {
    const status = statusOf(error);
    if (status !== 422 && status !== 404) throw error;
    await api.rest('POST /repos/{owner}/{repo}/git/refs', {
      ...repository,
      ref: `refs/heads/${branch}`,
      sha: commit,
    });
  }
}
