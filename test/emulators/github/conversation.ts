/** What may be written into an issue or a pull request, by REST and GraphQL alike. */
import { GithubError, invalid, notFound } from './errors.ts';
import type {
  Account,
  Issue,
  IssueComment,
  Pull,
  Review,
  ReviewComment,
  ReviewState,
  ReviewThread,
} from './model.ts';
import { isPull } from './model.ts';
import type { Repository } from './repository.ts';
import type { World } from './world.ts';

/** @throws GithubError 422 where the text is empty or has too many code points */
export function checkBody(world: World, resource: string, body: string, mayBeEmpty = false): void {
  if (!mayBeEmpty && body.trim() === '') throw invalid(resource, 'body', "Body can't be blank");
  // By code points: a text of 65,536 emoji is allowed, though it has twice as many UTF-16 units.
  if ([...body].length > world.limits.body)
    throw invalid(
      resource,
      'body',
      `Body is too long (maximum is ${world.limits.body} characters)`,
    );
}

/** @throws GithubError 422 */
export function addComment(
  world: World,
  issue: Issue,
  author: Account,
  body: string,
): IssueComment {
  checkBody(world, 'IssueComment', body);
  const comment = newComment(world, author, body);
  issue.comments.push(comment);
  issue.updatedAt = world.now();
  if (isPull(issue)) issue.notifications += 1;
  return comment;
}

/** Changes a comment; whoever may write may change those of others, too. @throws GithubError 422 */
export function editComment(world: World, comment: IssueComment, who: Account, body: string): void {
  checkBody(world, 'IssueComment', body);
  comment.body = body;
  comment.updatedAt = world.now();
  comment.editors.push(who.login);
}

function newComment(world: World, author: Account, body: string): IssueComment {
  const now = world.now();
  return { id: world.nextId(), author, body, createdAt: now, updatedAt: now, editors: [] };
}

/** @throws GithubError 422 where the author has a pending review already */
export function addReview(
  world: World,
  pull: Pull,
  author: Account,
  body: string,
  commit = pull.head.sha,
): Review {
  checkBody(world, 'PullRequestReview', body, true);
  if (pull.reviews.some((one) => one.author === author && one.state === 'PENDING'))
    throw new GithubError(422, 'User can only have one pending review per pull request');
  const review: Review = { id: world.nextId(), author, commit, body, state: 'PENDING' };
  pull.reviews.push(review);
  return review;
}

export type ReviewEvent = 'APPROVE' | 'COMMENT' | 'REQUEST_CHANGES';

const STATES: Readonly<Record<ReviewEvent, ReviewState>> = {
  APPROVE: 'APPROVED',
  COMMENT: 'COMMENTED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
};

/** One mail, however many comments there are. @throws GithubError 422 where it is empty or not pending */
export function submitReview(
  world: World,
  pull: Pull,
  review: Review,
  event: ReviewEvent,
  body?: string,
): void {
  if (review.state !== 'PENDING')
    throw new GithubError(422, 'Can not submit a review that is not pending');
  const text = body ?? review.body;
  checkBody(world, 'PullRequestReview', text, true);
  const hasComments = pull.threads.some((thread) =>
    thread.comments.some((comment) => comment.review === review),
  );
  if (text === '' && event !== 'APPROVE' && !(event === 'COMMENT' && hasComments))
    throw new GithubError(422, 'Unprocessable Entity: Review cannot be blank');
  review.body = text;
  review.state = STATES[event];
  review.submittedAt = world.now();
  pull.notifications += 1;
}

/** @throws GithubError 422 where it is not pending: a submitted review stays for ever */
export function deleteReview(pull: Pull, review: Review): void {
  if (review.state !== 'PENDING')
    throw new GithubError(422, 'Can not delete a non-pending pull request review');
  pull.reviews.splice(pull.reviews.indexOf(review), 1);
  for (const thread of [...pull.threads])
    for (const comment of [...thread.comments])
      if (comment.review === review) deleteReviewComment(pull, comment);
}

export interface NewThread {
  readonly path: string;
  readonly body: string;
  readonly line?: number;
}

/** Whether the path is one of the pull request's changes; a thread can only stand on those. */
export const isInDiff = (repository: Repository, pull: Pull, path: string): boolean =>
  repository.changesOf(pull).some((file) => file.path === path);

/** @throws GithubError 422 for a bad body; the caller has looked whether the path is in the diff */
export function addThread(
  world: World,
  pull: Pull,
  review: Review,
  { path, body, line }: NewThread,
): ReviewThread {
  checkBody(world, 'PullRequestReviewComment', body);
  const thread: ReviewThread = {
    id: world.nextId(),
    path,
    subject: line === undefined ? 'file' : 'line',
    ...(line !== undefined && { line }),
    commit: pull.head.sha,
    comments: [],
  };
  thread.comments.push({ ...newComment(world, review.author, body), review, thread });
  pull.threads.push(thread);
  return thread;
}

/** @throws GithubError 422 */
export function addReply(
  world: World,
  thread: ReviewThread,
  review: Review,
  body: string,
): ReviewComment {
  checkBody(world, 'PullRequestReviewComment', body);
  const [first] = thread.comments;
  const reply: ReviewComment = {
    ...newComment(world, review.author, body),
    review,
    thread,
    ...(first && { inReplyTo: first.id }),
  };
  thread.comments.push(reply);
  return reply;
}

/** With its last comment a thread goes. */
export function deleteReviewComment(pull: Pull, comment: ReviewComment): void {
  const { comments } = comment.thread;
  comments.splice(comments.indexOf(comment), 1);
  if (comments.length === 0) pull.threads.splice(pull.threads.indexOf(comment.thread), 1);
}

/** Comments that this account sees: those of pending reviews only their author does. */
export function visibleComments(thread: ReviewThread, who: Account): readonly ReviewComment[] {
  return thread.comments.filter(
    ({ review }) => review.state !== 'PENDING' || review.author === who,
  );
}

/** @throws GithubError 404 */
export function findReviewComment(
  repository: Repository,
  id: number,
): { pull: Pull; comment: ReviewComment } {
  for (const pull of repository.pulls())
    for (const { comments } of pull.threads) {
      const comment = comments.find((one) => one.id === id);
      if (comment) return { pull, comment };
    }
  throw notFound();
}

/** @throws GithubError 404 */
export function findComment(
  repository: Repository,
  id: number,
): { issue: Issue; comment: IssueComment } {
  for (const issue of repository.issues.values()) {
    const comment = issue.comments.find((one) => one.id === id);
    if (comment) return { issue, comment };
  }
  throw notFound();
}
