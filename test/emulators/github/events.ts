/** What a workflow run is told about why it runs: the event's payload, and the variables that follow from it. */
import type { Pull } from './model.ts';
import type { JsonRecord } from './prune-openapi.ts';
import type { Repository } from './repository.ts';
import * as show from './represent.ts';

export interface WorkflowEvent {
  /** `pull_request` */
  readonly name: string;
  readonly repository: Repository;
  readonly payload: JsonRecord;
  /** `GITHUB_SHA` */
  readonly sha: string;
  /** `GITHUB_REF` */
  readonly ref: string;
  /** Of pull requests only. */
  readonly baseRef?: string;
  readonly headRef?: string;
}

export function pullRequestEvent(
  repository: Repository,
  pull: Pull,
  action: 'opened' | 'synchronize' | 'reopened' = 'synchronize',
): WorkflowEvent {
  return {
    name: 'pull_request',
    repository,
    payload: {
      action,
      number: pull.number,
      pull_request: show.pull(repository, pull, true),
      repository: show.repository(repository),
      sender: show.user(pull.author),
    },
    // The merge of both sides, and not the head.
    sha: repository.mergeCommit(pull).sha,
    ref: `refs/pull/${pull.number}/merge`,
    baseRef: pull.base.ref,
    headRef: pull.head.ref,
  };
}

/** @param before the branch's commit before, or nothing where the branch is new */
export function pushEvent(repository: Repository, branch: string, before?: string): WorkflowEvent {
  const sha = repository.commitAt(branch).sha;
  return {
    name: 'push',
    repository,
    payload: {
      ref: `refs/heads/${branch}`,
      before: before ?? '0'.repeat(40),
      after: sha,
      created: before === undefined,
      deleted: false,
      forced: false,
      repository: show.repository(repository),
      sender: show.user(repository.world.account(repository.owner)),
    },
    sha,
    ref: `refs/heads/${branch}`,
  };
}

export function scheduleEvent(repository: Repository, schedule = '0 5 * * 1'): WorkflowEvent {
  return onDefaultBranch(repository, 'schedule', { schedule });
}

export function workflowDispatchEvent(
  repository: Repository,
  inputs: JsonRecord = {},
): WorkflowEvent {
  const ref = `refs/heads/${repository.defaultBranch}`;
  return onDefaultBranch(repository, 'workflow_dispatch', { inputs, ref });
}

/** The run of a workflow for a pull request has ended; of forks GitHub does not tell which pull request. */
export function workflowRunEvent(
  repository: Repository,
  pull: Pull,
  conclusion: 'success' | 'failure' = 'success',
): WorkflowEvent {
  const { head, base } = pull;
  const isFork = head.repository !== repository;
  return onDefaultBranch(repository, 'workflow_run', {
    action: 'completed',
    workflow_run: {
      id: repository.world.nextId(),
      name: 'pull request',
      event: 'pull_request',
      status: 'completed',
      conclusion,
      head_branch: head.ref,
      head_sha: head.sha,
      head_repository: head.repository ? show.repository(head.repository) : null,
      repository: show.repository(repository),
      pull_requests: isFork
        ? []
        : [
            {
              number: pull.number,
              head: { ref: head.ref, sha: head.sha },
              base: { ref: base.ref, sha: base.sha },
            },
          ],
    },
  });
}

function onDefaultBranch(repository: Repository, name: string, payload: JsonRecord): WorkflowEvent {
  const branch = repository.defaultBranch;
  return {
    name,
    repository,
    payload: {
      ...payload,
      repository: show.repository(repository),
      sender: show.user(repository.world.account(repository.owner)),
    },
    sha: repository.commitAt(branch).sha,
    ref: `refs/heads/${branch}`,
  };
}
