/** Which two commits are compared, and which of them is trusted. */
import { InputError } from '../../shared/base/errors.ts';
import type { RepositoryReader } from '../github/repository.ts';
import type { PullRequest, Trigger } from '../trigger.ts';

export interface States {
  /** The merge base, not the branch's tip; `undefined`: there is nothing to compare with. */
  readonly base: string | undefined;
  readonly head: string;
  readonly pull?: PullRequest;
  /** Of which commit configuration, data and budgets are: those of a fork are a stranger's. */
  readonly trusted: 'base' | 'head';
}

/** `undefined`: there is nothing to do, and nobody to tell. @throws InputError where the commits have no common one */
export async function findStates(
  trigger: Trigger,
  reader: RepositoryReader,
): Promise<States | undefined> {
  switch (trigger.kind) {
    case 'pull-request':
      return ofPull(trigger.pull, reader);
    case 'push': {
      const { before, after, ref, defaultBranch } = trigger;
      if (before !== undefined) return { base: before, head: after, trusted: 'head' };
      const isDefault = ref === `refs/heads/${defaultBranch}`;
      const base = isDefault ? undefined : await reader.mergeBase(defaultBranch, after);
      return { base, head: after, trusted: 'head' };
    }
    case 'schedule':
    case 'manual':
      return { base: undefined, head: trigger.sha, trusted: 'head' };
    case 'workflow-run': {
      if (trigger.event !== 'pull_request') return undefined;
      const { headRepository: repository, headBranch: branch, headSha: sha } = trigger;
      const pull = await reader.pullRequestOf({ repository, branch, sha });
      return pull && { ...(await ofPull(pull, reader)), trusted: 'base' };
    }
  }
}

async function ofPull(pull: PullRequest, reader: RepositoryReader): Promise<States> {
  const { baseSha, headSha, isFork } = pull;
  const base = await reader.mergeBase(baseSha, headSha);
  if (base === undefined)
    throw new InputError(
      `GitHub knows no common commit of ${baseSha.slice(0, 12)} and ${headSha.slice(0, 12)}`,
      {
        hint: 'Rebase the branch of the pull request onto its base, and see that the workflow grants permissions: { contents: read }.',
      },
    );
  return { base, head: headSha, pull, trusted: isFork ? 'base' : 'head' };
}
