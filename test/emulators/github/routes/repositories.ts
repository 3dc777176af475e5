/** The repository, its commits and their statuses. */
import type { Call, Reply } from '../call.ts';
import { differences } from '../difference.ts';
import { GithubError, invalid, notAccessible, notFound } from '../errors.ts';
import type { Commit } from '../git-objects.ts';
import type { Status } from '../model.ts';
import * as show from '../represent.ts';
import type { Route } from './route.ts';

/** Commits of a comparison that are listed where it is not said how many. */
const COMPARED_COMMITS = 250;
/** Of a status. */
const LONGEST_DESCRIPTION = 140;

export const getUser: Route = {
  needs: [],
  run: ({ token }) => {
    // A workflow's token stands for an installation, and not for a user.
    if (token.repository) throw notAccessible();
    return { status: 200, body: { ...show.user(token.account), name: token.account.login } };
  },
};

export const getRepository: Route = {
  needs: [],
  run: ({ repository }) => ({ status: 200, body: show.repository(repository) }),
};

export const getCommit: Route = {
  needs: ['contents:read'],
  run: (call) => {
    const commit = call.repository.findCommit(call.param('ref'));
    if (!commit) throw noCommit(call.param('ref'));
    if (call.wants('sha')) return text('application/vnd.github.sha', commit.sha);
    return { status: 200, body: show.commit(call.repository, commit) };
  },
};

export const compare: Route = { needs: ['contents:read'], run: compareCommits };

function compareCommits(call: Call): Reply {
  const { repository, world } = call;
  const { objects } = repository;
  const [left = '', right = ''] = call.param('basehead').split('...');
  const [before, after] = [sideOf(call, left), sideOf(call, right)];
  const base = objects.mergeBase(before.sha, after.sha);
  if (!base) throw new GithubError(404, `No common ancestor between ${left} and ${right}.`);
  const [old, young] = [objects.ancestors(before.sha), objects.ancestors(after.sha)];
  const ahead = [...young].filter((sha) => !old.has(sha));
  const behind = [...old].filter((sha) => !young.has(sha)).length;
  const commits = ahead.reverse().flatMap((sha) => objects.commit(sha) ?? []);
  const files = differences(objects, base.tree, after.tree).slice(0, world.limits.compareFiles);
  return {
    status: 200,
    body: {
      url: `${show.apiUrl(repository)}/compare/${call.param('basehead')}`,
      base_commit: show.commit(repository, before),
      merge_base_commit: show.commit(repository, base),
      status: comparison(ahead.length, behind),
      ahead_by: ahead.length,
      behind_by: behind,
      total_commits: ahead.length,
      commits: commits
        .slice(0, Number(call.query('per_page') ?? COMPARED_COMMITS))
        .map((one) => show.commit(repository, one)),
      files: files.map((file) => show.fileDifference(repository, after.sha, file)),
    },
  };
}

function comparison(ahead: number, behind: number): string {
  if (ahead > 0) return behind > 0 ? 'diverged' : 'ahead';
  return behind > 0 ? 'behind' : 'identical';
}

/** `branch`, a commit's id, or `owner:branch` and `owner:repository:branch` of a fork. */
function sideOf(call: Call, name: string): Commit {
  const parts = name.split(':');
  const [ref = '', repositoryName = call.repository.name, owner] = [
    parts.at(-1),
    ...(parts.length === 3 ? [parts[1]] : [undefined]),
    parts.length > 1 ? parts[0] : undefined,
  ];
  const there =
    owner === undefined ? call.repository : call.world.repository(owner, repositoryName);
  const found = there?.findCommit(ref);
  if (!found) throw notFound();
  return found;
}

export const commitPulls: Route = {
  needs: ['pull-requests:read'],
  run: (call) => {
    const { repository, world } = call;
    const sha = call.param('commit_sha');
    if (!repository.objects.commit(sha)) throw noCommit(sha);
    // Of commits in forks GitHub tells where it is asked for the fork.
    const found = [...world.repositories.values()].flatMap((base) =>
      base
        .pulls()
        .filter(
          ({ head, state }) =>
            state === 'open' &&
            head.repository === repository &&
            base.objects.ancestors(head.sha).has(sha),
        )
        .map((pull) => show.pull(base, pull)),
    );
    return call.page(found, (pull) => pull);
  },
};

export const listStatuses: Route = {
  needs: ['statuses:read'],
  run: (call) => {
    const sha = call.repository.findCommit(call.param('ref'))?.sha;
    const found = call.repository.statuses.filter((one) => one.sha === sha).reverse();
    return call.page(found, (one) => show.status(call.repository, one));
  },
};

export const createStatus: Route = {
  needs: ['statuses:write'],
  isContent: true,
  run: (call) => {
    const { repository, world } = call;
    const sha = call.param('sha');
    if (!repository.objects.commit(sha)) throw noCommit(sha);
    const status = newStatus(call, sha);
    const same = repository.statuses.filter(
      (one) => one.sha === sha && one.context === status.context,
    );
    if (same.length >= world.limits.statuses)
      throw invalid('Status', 'sha', 'This SHA and context has reached the maximum of statuses.');
    repository.statuses.push(status);
    return { status: 201, body: show.status(repository, status) };
  },
};

function newStatus(call: Call, sha: string): Status {
  const description = call.text('description') ?? null;
  if (description !== null && [...description].length > LONGEST_DESCRIPTION)
    throw invalid(
      'Status',
      'description',
      `description is too long (maximum is ${LONGEST_DESCRIPTION} characters)`,
    );
  return {
    id: call.world.nextId(),
    sha,
    state: STATES.find((one) => one === call.text('state')) ?? 'error',
    context: call.text('context') ?? 'default',
    description,
    targetUrl: call.text('target_url') ?? null,
    author: call.token.account,
    createdAt: call.world.now(),
  };
}

const STATES = ['error', 'failure', 'pending', 'success'] as const;

const noCommit = (name: string): GithubError =>
  new GithubError(422, `No commit found for SHA: ${name}`);

const text = (type: string, content: string): Reply => ({
  status: 200,
  raw: { type, bytes: Buffer.from(content) },
});
