/** Reviews and their comments. */
import type { Call, Reply } from '../call.ts';
import {
  addReply,
  addReview,
  addThread,
  checkBody,
  deleteReview,
  deleteReviewComment,
  editComment,
  findReviewComment,
  isInDiff,
  type ReviewEvent,
  submitReview,
  visibleComments,
} from '../conversation.ts';
import { invalid, notFound } from '../errors.ts';
import type { Pull, Review } from '../model.ts';
import { isRecord } from '../prune-openapi.ts';
import * as show from '../represent.ts';
import type { Route } from './route.ts';

const READ = ['pull-requests:read'] as const;
const WRITE = ['pull-requests:write'] as const;

export const listReviewComments: Route = {
  needs: READ,
  run: (call) => {
    const pull = call.pull();
    const all = pull.threads
      .flatMap((thread) => visibleComments(thread, call.token.account))
      .filter(({ review }) => review.state !== 'PENDING');
    const sorted = all.toSorted((a, b) => a.id - b.id);
    return call.page(sorted, (one) => show.reviewComment(call.repository, pull, one));
  },
};

export const createReviewComment: Route = {
  needs: WRITE,
  isContent: true,
  run: (call) => {
    const { world, token, repository } = call;
    const pull = call.pull();
    const [path = '', body = ''] = [call.text('path'), call.text('body')];
    const line = typeof call.body.line === 'number' ? call.body.line : undefined;
    const isFile = call.text('subject_type') === 'file';
    if (!repository.objects.ancestors(pull.head.sha).has(call.text('commit_id') ?? ''))
      throw invalid('PullRequestReviewComment', 'commit_id');
    if (!isFile && line === undefined) throw invalid('PullRequestReviewComment', 'line');
    if (
      !isInDiff(repository, pull, path) ||
      (isFile && world.refusesFileComment(repository, pull, path))
    )
      throw invalid('PullRequestReviewComment', 'path');
    const review: Review = {
      id: world.nextId(),
      author: token.account,
      commit: pull.head.sha,
      body: '',
      state: 'PENDING',
    };
    const thread = addThread(world, pull, review, {
      path,
      body,
      ...(!isFile && line !== undefined && { line }),
    });
    pull.reviews.push(review);
    // A comment alone is a review of its own, and a mail.
    submitReview(world, pull, review, 'COMMENT');
    const [comment] = thread.comments;
    if (!comment) throw notFound();
    return { status: 201, body: show.reviewComment(repository, pull, comment) };
  },
};

export const createReply: Route = {
  needs: WRITE,
  isContent: true,
  run: (call) => {
    const { world, token, repository } = call;
    const { pull, comment } = findReviewComment(repository, Number(call.param('comment_id')));
    const review: Review = {
      id: world.nextId(),
      author: token.account,
      commit: pull.head.sha,
      body: '',
      state: 'COMMENTED',
      submittedAt: world.now(),
    };
    const reply = addReply(world, comment.thread, review, call.text('body') ?? '');
    pull.reviews.push(review);
    pull.notifications += 1;
    return { status: 201, body: show.reviewComment(repository, pull, reply) };
  },
};

export const getReviewComment: Route = { needs: READ, run: reviewCommentReply };

export const updateReviewComment: Route = {
  needs: WRITE,
  run: (call) => {
    const { comment } = findReviewComment(call.repository, Number(call.param('comment_id')));
    editComment(call.world, comment, call.token.account, call.text('body') ?? '');
    return reviewCommentReply(call);
  },
};

export const removeReviewComment: Route = {
  needs: WRITE,
  run: (call) => {
    const { pull, comment } = findReviewComment(call.repository, Number(call.param('comment_id')));
    deleteReviewComment(pull, comment);
    return { status: 204 };
  },
};

function reviewCommentReply(call: Call): Reply {
  const { pull, comment } = findReviewComment(call.repository, Number(call.param('comment_id')));
  return { status: 200, body: show.reviewComment(call.repository, pull, comment) };
}

export const listReviews: Route = {
  needs: READ,
  run: (call) => {
    const pull = call.pull();
    const seen = pull.reviews.filter(
      ({ state, author }) => state !== 'PENDING' || author === call.token.account,
    );
    return call.page(seen, (one) => show.review(call.repository, pull, one));
  },
};

export const createReview: Route = {
  needs: WRITE,
  isContent: true,
  run: (call) => {
    const { world, repository, token } = call;
    const pull = call.pull();
    const comments: readonly unknown[] = Array.isArray(call.body.comments)
      ? call.body.comments
      : [];
    for (const one of comments) checkDraft(call, pull, one);
    const review = addReview(
      world,
      pull,
      token.account,
      call.text('body') ?? '',
      call.text('commit_id') ?? pull.head.sha,
    );
    for (const one of comments) {
      if (!isRecord(one)) continue;
      const line = Number(one.line ?? one.position);
      addThread(world, pull, review, { path: String(one.path), body: String(one.body), line });
    }
    const event = call.text('event');
    if (event !== undefined) submitReview(world, pull, review, event as ReviewEvent);
    return { status: 200, body: show.review(repository, pull, review) };
  },
};

/** There are no comments on whole files in a batch: each needs its line. */
function checkDraft(call: Call, pull: Pull, draft: unknown): void {
  if (!isRecord(draft)) throw invalid('PullRequestReview', 'comments');
  if (typeof draft.line !== 'number' && typeof draft.position !== 'number')
    throw invalid('PullRequestReviewComment', 'line', 'Line could not be resolved');
  if (!isInDiff(call.repository, pull, String(draft.path)))
    throw invalid('PullRequestReviewComment', 'path', 'Path could not be resolved');
  checkBody(call.world, 'PullRequestReviewComment', String(draft.body));
}

export const submit: Route = {
  needs: WRITE,
  isContent: true,
  run: (call) => {
    const pull = call.pull();
    const review = reviewOf(call, pull);
    submitReview(call.world, pull, review, call.text('event') as ReviewEvent, call.text('body'));
    return { status: 200, body: show.review(call.repository, pull, review) };
  },
};

export const removeReview: Route = {
  needs: WRITE,
  run: (call) => {
    const pull = call.pull();
    const review = reviewOf(call, pull);
    deleteReview(pull, review);
    return { status: 200, body: show.review(call.repository, pull, review) };
  },
};

function reviewOf(call: Call, pull: Pull): Review {
  const found = pull.reviews.find(({ id }) => id === Number(call.param('review_id')));
  if (!found) throw notFound();
  return found;
}
