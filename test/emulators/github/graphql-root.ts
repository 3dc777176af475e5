/** What the root's fields do: queries read, mutations write as the routes of REST do. */

import { allows } from './access.ts';
import {
  addComment,
  addReply,
  addReview,
  addThread,
  deleteReview,
  deleteReviewComment,
  editComment,
  isInDiff,
  type ReviewEvent,
  submitReview,
} from './conversation.ts';
import { GithubError, invalid, notAccessible } from './errors.ts';
import { find } from './graphql-find.ts';
import { GraphqlNodes, viewerOf } from './graphql-nodes.ts';
import type { Pull, Review } from './model.ts';
import { isRecord, type JsonRecord } from './prune-openapi.ts';
import type { Repository } from './repository.ts';
import type { Need } from './routes/route.ts';
import type { Token, World } from './world.ts';

/** Texts of a mutation's input; the schema has checked which there are. */
interface Input {
  readonly input: Readonly<Record<string, string | undefined>> & { readonly line?: number };
}

/** Functions by the name of the root's field. */
export function rootOf(world: World, token: Token): JsonRecord {
  const nodes = new GraphqlNodes(world, token);
  const who = token.account;
  const demand = (repository: Repository, ...needs: readonly Need[]): void => {
    if (!needs.every((need) => allows(token, repository, [need]))) throw notAccessible();
  };
  const wanted = <T extends 'pull' | 'review' | 'thread' | 'comment' | 'issueComment'>(
    kind: T,
    id: string | undefined,
    ...needs: readonly Need[]
  ) => {
    const found = find(world, kind, id ?? '');
    if (!found)
      throw new GithubError(404, `Could not resolve to a node with the global id of '${id}'`);
    demand(found.repository, ...needs);
    return found;
  };

  return withoutNulls({
    viewer: () => viewerOf(who),
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const found = world.repository(owner, name);
      if (found) return nodes.repository(found);
      throw new GithubError(
        404,
        `Could not resolve to a Repository with the name '${owner}/${name}'.`,
      );
    },
    node: ({ id }: { id: string }) => nodes.any(id),

    addComment: ({ input }: Input) => {
      const { repository, pull } = wanted('pull', input.subjectId, WRITE);
      const made = addComment(world, pull, who, input.body ?? '');
      const node = nodes.issueComment(repository, pull, made);
      return { ...echo(input), commentEdge: { cursor: String(made.id), node } };
    },
    updateIssueComment: ({ input }: Input) => {
      const { repository, issue, comment } = wanted('issueComment', input.id, WRITE);
      editComment(world, comment, who, input.body ?? '');
      return { ...echo(input), issueComment: nodes.issueComment(repository, issue, comment) };
    },
    addPullRequestReview: ({ input }: Input) => {
      const { repository, pull } = wanted('pull', input.pullRequestId, WRITE);
      if (input.threads !== undefined || input.comments !== undefined)
        throw new GithubError(422, 'the emulator wants threads by addPullRequestReviewThread');
      const made = addReview(world, pull, who, input.body ?? '', input.commitOID);
      if (input.event !== undefined) {
        try {
          submitReview(world, pull, made, input.event as ReviewEvent);
        } catch (error) {
          deleteReview(pull, made);
          throw error;
        }
      }
      return { ...echo(input), pullRequestReview: nodes.review(repository, pull, made) };
    },
    addPullRequestReviewThread: ({ input }: Input) => {
      const { repository, pull, review } = openReview(input);
      const { path = '', body = '', line, subjectType } = input;
      const isFile = subjectType === 'FILE';
      if (!isFile && line === undefined)
        throw invalid('PullRequestReviewThread', 'line', 'Line could not be resolved');
      if (!isInDiff(repository, pull, path))
        throw invalid('PullRequestReviewThread', 'path', 'Path could not be resolved');
      if (isFile && world.refusesFileComment(repository, pull, path)) {
        if (world.binaryComments === 'lost') return { ...echo(input), thread: null };
        throw invalid('PullRequestReviewThread', 'path', 'Path could not be resolved');
      }
      const made = addThread(world, pull, review, {
        path,
        body,
        ...(!isFile && line !== undefined && { line }),
      });
      return { ...echo(input), thread: nodes.thread(repository, pull, made) };
    },
    addPullRequestReviewThreadReply: ({ input }: Input) => {
      const { repository, pull, thread } = wanted('thread', input.pullRequestReviewThreadId, WRITE);
      const review =
        input.pullRequestReviewId === undefined
          ? addReview(world, pull, who, '')
          : wanted('review', input.pullRequestReviewId, WRITE).review;
      const made = addReply(world, thread, review, input.body ?? '');
      if (input.pullRequestReviewId === undefined) submitReview(world, pull, review, 'COMMENT');
      return { ...echo(input), comment: nodes.reviewComment(repository, pull, made) };
    },
    submitPullRequestReview: ({ input }: Input) => {
      const { repository, pull, review } = openReview(input);
      submitReview(world, pull, review, input.event as ReviewEvent, input.body);
      return { ...echo(input), pullRequestReview: nodes.review(repository, pull, review) };
    },
    deletePullRequestReview: ({ input }: Input) => {
      const { repository, pull, review } = wanted('review', input.pullRequestReviewId, WRITE);
      deleteReview(pull, review);
      return { ...echo(input), pullRequestReview: nodes.review(repository, pull, review) };
    },
    updatePullRequestReviewComment: ({ input }: Input) => {
      const id = input.pullRequestReviewCommentId;
      const { repository, pull, comment } = wanted('comment', id, WRITE);
      editComment(world, comment, who, input.body ?? '');
      const node = nodes.reviewComment(repository, pull, comment);
      return { ...echo(input), pullRequestReviewComment: node };
    },
    deletePullRequestReviewComment: ({ input }: Input) => {
      const { repository, pull, comment } = wanted('comment', input.id, WRITE);
      deleteReviewComment(pull, comment);
      const node = nodes.reviewComment(repository, pull, comment);
      return { ...echo(input), pullRequestReviewComment: node };
    },
    // To resolve is to change the repository's state: a workflow's token needs more than for comments.
    resolveReviewThread: ({ input }: Input) => {
      const { repository, pull, thread } = wanted(
        'thread',
        input.threadId,
        WRITE,
        'contents:write',
      );
      thread.resolvedBy = who;
      return { ...echo(input), thread: nodes.thread(repository, pull, thread) };
    },
    unresolveReviewThread: ({ input }: Input) => {
      const { repository, pull, thread } = wanted(
        'thread',
        input.threadId,
        WRITE,
        'contents:write',
      );
      delete thread.resolvedBy;
      return { ...echo(input), thread: nodes.thread(repository, pull, thread) };
    },
    minimizeComment: ({ input }: Input) => {
      const node = minimizable(input.subjectId);
      node.comment.minimized = { reason: (input.classifier ?? '').toLowerCase() };
      return { ...echo(input), minimizedComment: nodes.any(input.subjectId ?? '') };
    },
    unminimizeComment: ({ input }: Input) => {
      delete minimizable(input.subjectId).comment.minimized;
      return { ...echo(input), unminimizedComment: nodes.any(input.subjectId ?? '') };
    },
  });

  function minimizable(id: string | undefined) {
    const kind = find(world, 'issueComment', id ?? '') ? 'issueComment' : 'comment';
    return wanted(kind, id, WRITE);
  }

  /** By its id, or the pending one of who asks. */
  function openReview(input: Input['input']): {
    repository: Repository;
    pull: Pull;
    review: Review;
  } {
    if (input.pullRequestReviewId !== undefined)
      return wanted('review', input.pullRequestReviewId, WRITE);
    const { repository, pull } = wanted('pull', input.pullRequestId, WRITE);
    const review = pull.reviews.find((one) => one.state === 'PENDING' && one.author === who);
    if (!review) throw new GithubError(422, 'there is no pending review');
    return { repository, pull, review };
  }
}

/** Members of an input that are `null` are as good as absent. */
function withoutNulls(fields: Readonly<Record<string, (args: never) => unknown>>): JsonRecord {
  const bare = (args: unknown): unknown =>
    isRecord(args)
      ? Object.fromEntries(
          Object.entries(args)
            .filter(([, value]) => value !== null)
            .map(([name, value]) => [name, bare(value)]),
        )
      : args;
  return Object.fromEntries(
    Object.entries(fields).map(([name, run]) => [
      name,
      (args: unknown) => run(bare(args) as never),
    ]),
  );
}

const WRITE: Need = 'pull-requests:write';

const echo = ({ clientMutationId }: Input['input']): JsonRecord => ({ clientMutationId });
