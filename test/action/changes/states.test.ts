import { expect, test } from 'vitest';
import { findStates } from '../../../action/changes/states.ts';
import type { RepositoryReader } from '../../../action/github/repository.ts';
import type { PullRequest, Trigger } from '../../../action/trigger.ts';
import { repositoryOf } from '../_commits.ts';

const [BASE, HEAD, TIP] = ['b', 'a', 'c'].map((letter) => letter.repeat(40));
const own = { owner: 'octo', repo: 'models' };

const pullOf = (isFork: boolean): PullRequest => ({
  number: 7,
  baseRef: 'main',
  baseSha: TIP ?? '',
  headSha: HEAD ?? '',
  headRepository: isFork ? { owner: 'mallory', repo: 'models' } : own,
  isFork,
});

/** Compares nothing but what it is asked. */
const reader = (pull?: PullRequest): { reader: RepositoryReader; asked: unknown[] } => {
  const asked: unknown[] = [];
  return {
    asked,
    reader: {
      ...repositoryOf({}),
      mergeBase: async (...commits) => {
        asked.push(commits);
        return BASE;
      },
      pullRequestOf: async (head) => {
        asked.push(head);
        return pull;
      },
    },
  };
};

const push = {
  kind: 'push',
  after: HEAD ?? '',
  ref: 'refs/heads/main',
  defaultBranch: 'main',
} as const;
const run = {
  kind: 'workflow-run',
  headSha: HEAD ?? '',
  headBranch: 'patch',
  headRepository: { owner: 'mallory', repo: 'models' },
} as const;

test.each<[string, Trigger, object, unknown[]]>([
  [
    'a pull request',
    { kind: 'pull-request', pull: pullOf(false) },
    { base: BASE, head: HEAD, trusted: 'head', pull: { number: 7 } },
    [[TIP, HEAD]],
  ],
  [
    'that of a fork',
    { kind: 'pull-request', pull: pullOf(true) },
    { base: BASE, head: HEAD, trusted: 'base' },
    [[TIP, HEAD]],
  ],
  ['a push', { ...push, before: TIP }, { base: TIP, head: HEAD, trusted: 'head' }, []],
  [
    'a new branch',
    { ...push, before: undefined, ref: 'refs/heads/x' },
    { base: BASE, head: HEAD },
    [['main', HEAD]],
  ],
  ['the first push', { ...push, before: undefined }, { base: undefined, head: HEAD }, []],
  [
    'a schedule',
    { kind: 'schedule', sha: HEAD ?? '', ref: 'refs/heads/main' },
    { base: undefined, head: HEAD },
    [],
  ],
  [
    'the run after that of a fork',
    { ...run, event: 'pull_request' },
    { base: BASE, head: HEAD, trusted: 'base', pull: { number: 7 } },
    [{ repository: run.headRepository, branch: 'patch', sha: HEAD }, [TIP, HEAD]],
  ],
])('of %s', async (_, trigger, expected, questions) => {
  const { reader: port, asked } = reader(pullOf(true));
  expect(await findStates(trigger, port)).toMatchObject(expected);
  expect(asked).toEqual(questions);
});

test('a run after a pull request of the own repository trusts the base alone', async () => {
  const { reader: port } = reader(pullOf(false));
  expect(await findStates({ ...run, event: 'pull_request' }, port)).toMatchObject({
    trusted: 'base',
  });
});

test.each([
  ['a push', 'push', undefined],
  ['a pull request that moved on', 'pull_request', undefined],
])('the run after %s has nobody to tell', async (_, event, pull) => {
  expect(await findStates({ ...run, event }, reader(pull).reader)).toBeUndefined();
});

test('commits without a common one are refused', async () => {
  const port = { ...repositoryOf({}), mergeBase: async () => undefined };
  await expect(findStates({ kind: 'pull-request', pull: pullOf(false) }, port)).rejects.toThrow(
    'no common commit',
  );
});
