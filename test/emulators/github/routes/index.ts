/** Every operation that is emulated. */
import type { OperationId } from '../prune-openapi.ts';
import { getContents } from './contents.ts';
import * as git from './git.ts';
import * as issues from './issues.ts';
import * as pulls from './pulls.ts';
import * as repositories from './repositories.ts';
import * as reviews from './reviews.ts';
import type { Route } from './route.ts';

export const ROUTES: Readonly<Record<OperationId, Route>> = {
  'users/get-authenticated': repositories.getUser,
  'repos/get': repositories.getRepository,
  'repos/compare-commits-with-basehead': repositories.compare,
  'repos/get-content': getContents,
  'repos/get-commit': repositories.getCommit,
  'repos/list-pull-requests-associated-with-commit': repositories.commitPulls,
  'repos/list-commit-statuses-for-ref': repositories.listStatuses,
  'repos/create-commit-status': repositories.createStatus,
  'git/get-blob': git.getBlob,
  'git/create-blob': git.createBlob,
  'git/get-tree': git.getTree,
  'git/create-tree': git.createTree,
  'git/get-commit': git.getGitCommit,
  'git/create-commit': git.createGitCommit,
  'git/get-ref': git.getRef,
  'git/create-ref': git.createRef,
  'git/update-ref': git.updateRef,
  'git/delete-ref': git.deleteRef,
  'pulls/list': pulls.listPulls,
  'pulls/create': pulls.createPull,
  'pulls/get': pulls.getPull,
  'pulls/update': pulls.updatePull,
  'pulls/list-files': pulls.listFiles,
  'pulls/list-review-comments': reviews.listReviewComments,
  'pulls/create-review-comment': reviews.createReviewComment,
  'pulls/create-reply-for-review-comment': reviews.createReply,
  'pulls/get-review-comment': reviews.getReviewComment,
  'pulls/update-review-comment': reviews.updateReviewComment,
  'pulls/delete-review-comment': reviews.removeReviewComment,
  'pulls/list-reviews': reviews.listReviews,
  'pulls/create-review': reviews.createReview,
  'pulls/submit-review': reviews.submit,
  'pulls/delete-pending-review': reviews.removeReview,
  'issues/list-for-repo': issues.listIssues,
  'issues/create': issues.createIssue,
  'issues/get': issues.getIssue,
  'issues/update': issues.updateIssue,
  'issues/list-comments': issues.listComments,
  'issues/create-comment': issues.createComment,
  'issues/get-comment': issues.getComment,
  'issues/update-comment': issues.updateComment,
  'issues/delete-comment': issues.deleteComment,
};
