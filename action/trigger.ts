/** Why the Action runs: the event that started the workflow, as far as it matters. Parsed once, at the door. */
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { InputError } from '../shared/base/errors.ts';

export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

export interface PullRequest {
  readonly number: number;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly headSha: string;
  /** `undefined`: the fork was deleted. */
  readonly headRepository: RepositoryName | undefined;
  readonly isFork: boolean;
}

export type Trigger =
  | { readonly kind: 'pull-request'; readonly pull: PullRequest }
  | {
      readonly kind: 'push';
      /** `undefined`: the branch is new. */
      readonly before: string | undefined;
      readonly after: string;
      readonly ref: string;
      readonly defaultBranch: string;
    }
  | { readonly kind: 'schedule' | 'manual'; readonly sha: string; readonly ref: string }
  | {
      /** The pull request is looked up, and taken only when its head is this very commit. */
      readonly kind: 'workflow-run';
      readonly headSha: string;
      readonly headBranch: string;
      readonly headRepository: RepositoryName;
      /** What had started the other workflow: `pull_request`, `push`, … */
      readonly event: string;
    };

/** GitHub's own bound is 25 MB for what a webhook delivers. */
const EVENT_MAX_BYTES = 25_000_000;

const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'not a commit id');
const repositorySchema = z.object({ name: z.string(), owner: z.object({ login: z.string() }) });

/** A pull request as events and the API give it. */
export const pullRequestSchema = z.object({
  number: z.int().positive(),
  base: z.object({ ref: z.string(), sha, repo: repositorySchema }),
  head: z.object({ ref: z.string(), sha, repo: repositorySchema.nullish() }),
});

const pullEvent = z.object({ pull_request: pullRequestSchema });
const pushEvent = z.object({
  before: sha,
  after: sha,
  ref: z.string(),
  repository: z.object({ default_branch: z.string() }),
});
const mergeGroupEvent = z.object({
  merge_group: z.object({ base_sha: sha, head_sha: sha, head_ref: z.string() }),
  repository: z.object({ default_branch: z.string() }),
});
const workflowRunEvent = z.object({
  workflow_run: z.object({
    event: z.string(),
    head_sha: sha,
    // Of a detached or deleted branch.
    head_branch: z.string().nullish(),
    head_repository: repositorySchema,
  }),
});

type Reader = (event: unknown, env: NodeJS.ProcessEnv) => Trigger;

const READERS: Readonly<Record<string, Reader>> = {
  pull_request: (event) => ({
    kind: 'pull-request',
    pull: toPullRequest(parse(pullEvent, event).pull_request),
  }),
  push: (event) => {
    const { before, after, ref, repository } = parse(pushEvent, event);
    const common = { kind: 'push', after, ref, defaultBranch: repository.default_branch } as const;
    return { ...common, before: /^0+$/.test(before) ? undefined : before };
  },
  merge_group: (event) => {
    const { merge_group: group, repository } = parse(mergeGroupEvent, event);
    return {
      kind: 'push',
      before: group.base_sha,
      after: group.head_sha,
      ref: group.head_ref,
      defaultBranch: repository.default_branch,
    };
  },
  schedule: (_, env) => ({ kind: 'schedule', ...checkedOut(env) }),
  workflow_dispatch: (_, env) => ({ kind: 'manual', ...checkedOut(env) }),
  workflow_run: (event) => {
    const { workflow_run: run } = parse(workflowRunEvent, event);
    return {
      kind: 'workflow-run',
      headSha: run.head_sha,
      headBranch: run.head_branch ?? '',
      headRepository: nameOf(run.head_repository),
      event: run.event,
    };
  },
};

/** From the runner's environment and its event file. @throws InputError for an event that Fettle does not work on */
export function readTrigger(env: NodeJS.ProcessEnv): Trigger {
  const name = env.GITHUB_EVENT_NAME ?? '';
  const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  if (reader) return reader(readEvent(env.GITHUB_EVENT_PATH), env);
  if (name === 'pull_request_target')
    throw new InputError('the event pull_request_target is refused', {
      hint: 'It would open models of strangers in a job with the rights of this repository. Use pull_request, and for forks the workflow_run set-up of docs/github-action.md.',
    });
  throw new InputError(`Fettle does not know what to compare on the event ${name || '(none)'}`, {
    hint: `Use it on ${Object.keys(READERS).join(', ')}.`,
  });
}

/** The facts of a pull request of an event or the API. */
export function toPullRequest(pull: z.infer<typeof pullRequestSchema>): PullRequest {
  const base = nameOf(pull.base.repo);
  const head = pull.head.repo ? nameOf(pull.head.repo) : undefined;
  return {
    number: pull.number,
    baseRef: pull.base.ref,
    baseSha: pull.base.sha,
    headSha: pull.head.sha,
    headRepository: head,
    isFork: head === undefined || !isSameRepository(head, base),
  };
}

/** GitHub's names differ by more than case. */
export function isSameRepository(a: RepositoryName, b: RepositoryName): boolean {
  return (
    a.owner.toLowerCase() === b.owner.toLowerCase() && a.repo.toLowerCase() === b.repo.toLowerCase()
  );
}

const nameOf = ({ name, owner }: z.infer<typeof repositorySchema>): RepositoryName => ({
  owner: owner.login,
  repo: name,
});

function checkedOut(env: NodeJS.ProcessEnv): { sha: string; ref: string } {
  return { sha: parse(sha, env.GITHUB_SHA), ref: env.GITHUB_REF ?? '' };
}

function readEvent(path: string | undefined): unknown {
  if (!path) throw new InputError('GITHUB_EVENT_PATH is not set: this is no GitHub runner');
  try {
    if (statSync(path).size > EVENT_MAX_BYTES) throw new Error('it is too large');
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new InputError(
      `the event file cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      {
        where: path,
        cause,
      },
    );
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new InputError(
    `the event is not as GitHub sends it: ${issue?.path.join('.') || 'the document'}: ${issue?.message}`,
  );
}
