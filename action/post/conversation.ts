/** What stands in a pull request already: the comments and review threads that this account wrote itself. */

import { z } from 'zod';
import type { RepositoryName } from '../trigger.ts';
import { RefusedError } from './attempt.ts';
import { hasMarker, readThreadMarker, type ThreadMark } from './markers.ts';
import type { GithubApi } from './ports.ts';

export interface OwnComment {
  readonly id: number;
  readonly url: string;
  readonly body: string;
}

export interface OwnThread {
  readonly id: string;
  readonly commentId: string;
  readonly body: string;
  readonly isResolved: boolean;
  readonly mark: ThreadMark;
}

export interface Conversation {
  /** Oldest first; more than one only where two jobs wrote at the same time. */
  readonly comments: readonly OwnComment[];
  readonly threads: readonly OwnThread[];
  /** The pull request for GraphQL, and its newest commit; unknown where only REST answered. */
  readonly pullId?: string;
  readonly headSha?: string;
  /** A review that a run of ours began and never ended: while it is there no other can be begun. */
  readonly leftoverReview?: string;
}

export interface Wanted {
  readonly comments: boolean;
  readonly threads: boolean;
}

/** At most so many requests of a hundred: twenty thousand comments. */
const MAX_PAGES = 200;

const QUERY = `query Conversation($owner: String!, $repo: String!, $number: Int!, $comments: String, $threads: String, $withComments: Boolean!, $withThreads: Boolean!) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      id
      headRefOid
      comments(first: 100, after: $comments) @include(if: $withComments) {
        pageInfo { hasNextPage endCursor }
        nodes { databaseId url body viewerDidAuthor isMinimized }
      }
      reviewThreads(first: 100, after: $threads) @include(if: $withThreads) {
        pageInfo { hasNextPage endCursor }
        nodes { id isResolved comments(first: 1) { nodes { id body viewerDidAuthor } } }
      }
      reviews(first: 5, states: [PENDING]) @include(if: $withThreads) {
        nodes { id body comments(first: 1) { nodes { body } } }
      }
    }
  }
}`;

const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const commentNode = z.object({
  databaseId: z.number(),
  url: z.string(),
  body: z.string(),
  viewerDidAuthor: z.boolean(),
  isMinimized: z.boolean(),
});
const threadNode = z.object({
  id: z.string(),
  isResolved: z.boolean(),
  comments: z.object({
    nodes: z.array(z.object({ id: z.string(), body: z.string(), viewerDidAuthor: z.boolean() })),
  }),
});
const reviewNode = z.object({
  id: z.string(),
  body: z.string(),
  comments: z.object({ nodes: z.array(z.object({ body: z.string() })) }),
});
const answerSchema = z.object({
  repository: z.object({
    pullRequest: z.object({
      id: z.string(),
      headRefOid: z.string(),
      comments: z.object({ pageInfo, nodes: z.array(commentNode.nullable()) }).optional(),
      reviewThreads: z.object({ pageInfo, nodes: z.array(threadNode.nullable()) }).optional(),
      reviews: z.object({ nodes: z.array(reviewNode.nullable()) }).nullish(),
    }),
  }),
});

/**
 * By GraphQL, which says of each text whether this token's account wrote it: one request for a hundred comments and a
 * hundred threads. Ends a page after the comment was found: duplicates are written within seconds.
 */
export async function readConversation(
  api: GithubApi,
  { owner, repo }: RepositoryName,
  number: number,
  marker: string,
  wanted: Wanted,
): Promise<Conversation> {
  const comments: OwnComment[] = [];
  const threads: OwnThread[] = [];
  let next: { comments?: string; threads?: string } = {};
  let { comments: withComments, threads: withThreads } = wanted;
  let pull = { id: '', headRefOid: '' };
  let leftoverReview: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const wasFound = comments.length > 0;
    const variables = { owner, repo, number, ...next, withComments, withThreads };
    const { data, errors } = await api.graphql(QUERY, variables);
    const [error] = errors;
    if (error !== undefined) throw new RefusedError(error.message, error.type);
    const answer = answerSchema.parse(data).repository.pullRequest;
    pull = answer;
    leftoverReview ??= answer.reviews?.nodes.find((node) => node && isOurDraft(node))?.id;
    for (const node of answer.comments?.nodes ?? []) {
      if (node?.viewerDidAuthor && !node.isMinimized && hasMarker(node.body, marker)) {
        comments.push({ id: node.databaseId, url: node.url, body: node.body });
      }
    }
    for (const node of answer.reviewThreads?.nodes ?? []) {
      const own = node === null ? undefined : ownThread(node);
      if (own) threads.push(own);
    }
    withComments = answer.comments?.pageInfo.hasNextPage === true && !wasFound;
    withThreads = answer.reviewThreads?.pageInfo.hasNextPage === true;
    next = {
      ...(withComments && cursorOf('comments', answer.comments?.pageInfo.endCursor)),
      ...(withThreads && cursorOf('threads', answer.reviewThreads?.pageInfo.endCursor)),
    };
    if (!withComments && !withThreads) break;
  }
  return {
    comments,
    threads,
    pullId: pull.id,
    headSha: pull.headRefOid,
    ...(leftoverReview === undefined ? {} : { leftoverReview }),
  };
}

const cursorOf = (name: string, cursor: string | null | undefined): Record<string, string> =>
  cursor ? { [name]: cursor } : {};

/** Only its author sees a pending review; where that is a person, what the person wrote is no draft of ours. */
function isOurDraft({ body, comments }: z.infer<typeof reviewNode>): boolean {
  return body === '' && comments.nodes.every((comment) => readThreadMarker(comment.body));
}

function ownThread({
  id,
  isResolved,
  comments,
}: z.infer<typeof threadNode>): OwnThread | undefined {
  const [first] = comments.nodes;
  const mark = first?.viewerDidAuthor ? readThreadMarker(first.body) : undefined;
  if (first === undefined || mark === undefined) return undefined;
  return { id, commentId: first.id, body: first.body, isResolved, mark };
}

const restComments = z.array(
  z.object({
    id: z.number(),
    html_url: z.string(),
    body: z.string().nullish(),
    user: z.object({ login: z.string() }).nullish(),
  }),
);

/** The account of a workflow's own token. */
const WORKFLOW_LOGIN = 'github-actions[bot]';

/** The same by REST, comments alone: where GraphQL is refused, and of a workflow's own token. */
export async function readComments(
  api: GithubApi,
  { owner, repo }: RepositoryName,
  number: number,
  marker: string,
): Promise<Conversation> {
  const comments: OwnComment[] = [];
  for (let page = 1; page <= MAX_PAGES; page++) {
    const wasFound = comments.length > 0;
    const answer = restComments.parse(
      await api.rest('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        owner,
        repo,
        issue_number: number,
        per_page: 100,
        page,
      }),
    );
    for (const { id, html_url: url, body, user } of answer) {
      const isOwn = user?.login === WORKFLOW_LOGIN && hasMarker(body ?? '', marker);
      if (isOwn) comments.push({ id, url, body: body ?? '' });
    }
    if (answer.length < 100 || wasFound) break;
  }
  return { comments, threads: [] };
}
