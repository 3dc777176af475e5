/** Posts an outcome: first where nothing can go wrong, then where GitHub must agree; what it refuses is said. */

import type { Log } from '../../shared/base/log.ts';
import type { Outcome } from '../outcome.ts';
import type { PullRequest, RepositoryName } from '../trigger.ts';
import { type Annotation, annotationsOf } from './annotations.ts';
import { Attempts, type Failure, failureText } from './attempt.ts';
import { outcomeMarkdown } from './body.ts';
import { statements } from './breaches.ts';
import { postStatus } from './commit-status.ts';
import { type Conversation, readComments, readConversation } from './conversation.ts';
import { addFailures, writeJobSummary } from './job-summary.ts';
import { markerName } from './markers.ts';
import { outcomeState } from './outcome-state.ts';
import type { GithubApi } from './ports.ts';
import { beginThreads, changeThreads } from './review.ts';
import { planReview } from './review-plan.ts';
import { postScheduledIssue } from './scheduled-issue.ts';
import { postSummary } from './summary-comment.ts';

export interface PostOptions {
  readonly api: GithubApi;
  readonly repository: RepositoryName;
  readonly log: Log;
  readonly annotate: (annotation: Annotation) => void;
  readonly comment: { readonly summary: boolean; readonly review: boolean };
  /** Whether to set a commit status. */
  readonly status: boolean;
  /** The page of this run. */
  readonly link?: string;
  /** The file of the step's summary; some runners have none. */
  readonly summaryPath?: string;
  /** What the run cost on AWS, in US dollars. */
  readonly dollars?: number;
}

export interface Posted {
  readonly commentUrl?: string;
  /** What GitHub refused; all of it is in the log and in the job's summary. */
  readonly failures: readonly Failure[];
}

const COMMENT_RIGHT = 'pull-requests: write';

/** Why a pull request of a fork cannot be commented on, and what to do. */
export const FORK_ADVICE =
  'This pull request comes from a fork, whose workflows may only read. To have its results as a comment, add the second workflow of docs/github-action.md, "Pull requests from forks".';

/** Never throws for what GitHub refuses. */
export async function post(outcome: Outcome, options: PostOptions): Promise<Posted> {
  const { log, summaryPath, comment, status, repository, api, link } = options;
  const attempts = new Attempts(log);
  if (summaryPath !== undefined) {
    await attempts.make("write the job's summary", '', async () =>
      writeJobSummary(summaryPath, outcome, options),
    );
  }
  for (const annotation of annotationsOf(outcome)) options.annotate(annotation);
  let commentUrl: string | undefined;
  const { pull } = outcome;
  if (pull && (comment.summary || comment.review)) {
    commentUrl = await postToPull(outcome, pull, options, attempts);
  }
  if (status) {
    await attempts.make('set the commit status', 'statuses: write', () =>
      postStatus(api, repository, outcome, link),
    );
  }
  if (outcome.trigger.kind === 'schedule' && comment.summary) {
    const marker = markerName('scheduled', outcome.configPath);
    const body = outcomeMarkdown(outcome, { ...facts(outcome, options), marker });
    commentUrl = await attempts.make(
      'write the issue of the scheduled check',
      'issues: write',
      () => postScheduledIssue(api, repository, outcome, marker, body),
    );
  }
  const { failures } = attempts;
  if (failures.length > 0 && summaryPath !== undefined) {
    const isFork = pull?.isFork === true && outcome.trigger.kind === 'pull-request';
    await attempts.make("add to the job's summary", '', async () =>
      addFailures(summaryPath, failures, isFork ? FORK_ADVICE : undefined),
    );
  }
  return { ...(commentUrl === undefined ? {} : { commentUrl }), failures };
}

async function postToPull(
  outcome: Outcome,
  pull: PullRequest,
  options: PostOptions,
  attempts: Attempts,
): Promise<string | undefined> {
  const { api, repository, comment, log } = options;
  const marker = markerName('report', outcome.configPath);
  const found = await findConversation(outcome, pull, options, attempts);
  if (found === undefined) return undefined;
  if (found.headSha !== undefined && found.headSha !== outcome.headSha && isPosted(found)) {
    log.info('the pull request has a newer commit: its own run says what became of it');
    return found.comments[0]?.url;
  }
  const before = attempts.failures.length;
  if (comment.review) await postReview(outcome, found, options, attempts);
  const notices = attempts.failures.slice(before).map(failureText);
  const isWorthIt = outcome.report !== undefined || outcome.problems.length > 0;
  if (!comment.summary || !(isWorthIt || found.comments.length > 0)) return undefined;
  const body = outcomeMarkdown(outcome, { ...facts(outcome, options), marker, notices });
  return attempts.make('write the summary comment', COMMENT_RIGHT, () =>
    postSummary(
      api,
      { repository, number: pull.number },
      body,
      found.comments,
      async () => {
        const wanted = { comments: true, threads: false };
        const again = await readConversation(api, repository, pull.number, marker, wanted);
        return again.comments;
      },
      log,
    ),
  );
}

const isPosted = ({ comments, threads }: Conversation): boolean =>
  comments.length + threads.length > 0;

/** By GraphQL; where that is refused the comments by REST, and no threads. */
async function findConversation(
  outcome: Outcome,
  pull: PullRequest,
  { api, repository, comment }: PostOptions,
  attempts: Attempts,
): Promise<Conversation | undefined> {
  const marker = markerName('report', outcome.configPath);
  const wanted = { comments: comment.summary, threads: comment.review };
  const found = await attempts.make('read the review threads', 'pull-requests: read', () =>
    readConversation(api, repository, pull.number, marker, wanted),
  );
  if (found !== undefined || !comment.summary) return found;
  return attempts.make('read the comments', 'pull-requests: read', () =>
    readComments(api, repository, pull.number, marker),
  );
}

async function postReview(
  outcome: Outcome,
  { threads, pullId, leftoverReview }: Conversation,
  { api, log }: PostOptions,
  attempts: Attempts,
): Promise<void> {
  if (pullId === undefined) return;
  const isWhole = outcome.problems.every(({ level }) => level !== 'error');
  const plan = planReview(threads, statements(outcome), outcome.headSha, isWhole);
  if (plan.withoutPlace + plan.leftOut > 0) {
    log.info(
      `${plan.withoutPlace + plan.leftOut} models that are over budget get no thread (no changed file of their own: ${plan.withoutPlace}; one review has no room: ${plan.leftOut}): the summary names them`,
    );
  }
  const refused = await attempts.make('begin a review thread', COMMENT_RIGHT, () =>
    beginThreads(api, plan.begin, {
      id: pullId,
      headSha: outcome.headSha,
      ...(leftoverReview === undefined ? {} : { leftoverReview }),
    }),
  );
  for (const path of refused ?? []) {
    attempts.fail(`comment on ${path}`, COMMENT_RIGHT, new Error('it cannot carry a comment'));
  }
  const changed = await attempts.make('change review threads', COMMENT_RIGHT, () =>
    changeThreads(api, plan),
  );
  if ((changed?.unresolved ?? 0) > 0) {
    log.info(
      'fixed threads say so and stay open: resolving them takes permissions: { contents: write }',
    );
  }
  for (const id of changed?.refused ?? []) {
    attempts.fail(`change the review thread ${id}`, COMMENT_RIGHT, new Error('it was refused'));
  }
}

function facts(
  outcome: Outcome,
  { link, dollars }: PostOptions,
): { state: string; link?: string; dollars?: number } {
  return {
    state: outcomeState(outcome),
    ...(link === undefined ? {} : { link }),
    ...(dollars === undefined ? {} : { dollars }),
  };
}
