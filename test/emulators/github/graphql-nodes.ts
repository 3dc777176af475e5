/** What GraphQL shows of each thing. */
import { allows } from './access.ts';
import { visibleComments } from './conversation.ts';
import { GithubError, notAccessible } from './errors.ts';
import { find } from './graphql-find.ts';
import type {
  Account,
  Issue,
  IssueComment,
  Pull,
  Review,
  ReviewComment,
  ReviewThread,
} from './model.ts';
import { nodeId } from './node-id.ts';
import type { JsonRecord } from './prune-openapi.ts';
import type { Repository } from './repository.ts';
import { webUrl } from './represent.ts';
import type { Token, World } from './world.ts';

/** Whom the token stands for. Here, and nowhere else in GraphQL, a bot's login has its `[bot]`. */
export const viewerOf = ({ id, login }: Account): JsonRecord => ({
  __typename: 'User',
  id: nodeId('U', id),
  databaseId: id,
  login,
  url: `https://github.com/${login}`,
});

function actorOf({ id, login, kind }: Account): JsonRecord {
  const name = login.replace(/\[bot\]$/, '');
  return {
    __typename: kind,
    id: nodeId(kind === 'Bot' ? 'BOT' : 'U', id),
    databaseId: id,
    login: name,
    url: `https://github.com/${kind === 'Bot' ? 'apps/' : ''}${name}`,
  };
}

export class GraphqlNodes {
  readonly #world: World;
  readonly #token: Token;

  constructor(world: World, token: Token) {
    this.#world = world;
    this.#token = token;
  }

  repository(one: Repository): JsonRecord {
    return {
      __typename: 'Repository',
      id: nodeId('R', one.id),
      databaseId: one.id,
      name: one.name,
      nameWithOwner: one.fullName,
      pullRequest: ({ number }: { number: number }) => {
        const found = one.pulls().find((pull) => pull.number === number);
        if (found) return this.pull(one, found);
        throw new GithubError(
          404,
          `Could not resolve to a PullRequest with the number of ${number}.`,
        );
      },
    };
  }

  /** @throws GithubError 403 where the token may not read pull requests */
  pull(one: Repository, pull: Pull): JsonRecord {
    if (!allows(this.#token, one, ['pull-requests:read'])) throw notAccessible();
    return {
      __typename: 'PullRequest',
      id: nodeId('PR', pull.id),
      databaseId: pull.id,
      number: pull.number,
      title: pull.title,
      state: pull.state.toUpperCase(),
      baseRefOid: pull.base.sha,
      headRefOid: pull.head.sha,
      url: this.#pageOf(one, pull),
      comments: connection('comments', pull.comments, (comment) =>
        this.issueComment(one, pull, comment),
      ),
      reviews: (args: PageArguments & { states?: readonly string[] }) => {
        const seen = pull.reviews.filter(
          ({ state, author }) =>
            (state !== 'PENDING' || author === this.#token.account) &&
            (args.states?.includes(state) ?? true),
        );
        return connection('reviews', seen, (review) => this.review(one, pull, review))(args);
      },
      reviewThreads: connection(
        'reviewThreads',
        pull.threads.filter((thread) => visibleComments(thread, this.#token.account).length > 0),
        (thread) => this.thread(one, pull, thread),
      ),
    };
  }

  review(one: Repository, pull: Pull, review: Review): JsonRecord {
    const comments = pull.threads
      .flatMap((thread) => thread.comments)
      .filter((comment) => comment.review === review);
    return {
      __typename: 'PullRequestReview',
      id: nodeId('PRR', review.id),
      databaseId: review.id,
      author: actorOf(review.author),
      body: review.body,
      state: review.state,
      isMinimized: false,
      url: `${this.#pageOf(one, pull)}#pullrequestreview-${review.id}`,
      comments: connection('comments', comments, (comment) =>
        this.reviewComment(one, pull, comment),
      ),
    };
  }

  thread(one: Repository, pull: Pull, thread: ReviewThread): JsonRecord {
    const mayResolve = allows(this.#token, one, ['contents:write']);
    const isResolved = thread.resolvedBy !== undefined;
    return {
      __typename: 'PullRequestReviewThread',
      id: nodeId('PRRT', thread.id),
      path: thread.path,
      subjectType: thread.subject.toUpperCase(),
      line: thread.line,
      isOutdated: false,
      isResolved,
      resolvedBy: thread.resolvedBy && viewerOf(thread.resolvedBy),
      viewerCanResolve: mayResolve && !isResolved,
      viewerCanUnresolve: mayResolve && isResolved,
      comments: connection('comments', visibleComments(thread, this.#token.account), (comment) =>
        this.reviewComment(one, pull, comment),
      ),
    };
  }

  reviewComment(one: Repository, pull: Pull, comment: ReviewComment): JsonRecord {
    const { review, thread } = comment;
    return {
      ...this.#commentOf(comment),
      __typename: 'PullRequestReviewComment',
      id: nodeId('PRRC', comment.id),
      path: thread.path,
      subjectType: thread.subject.toUpperCase(),
      state: review.state === 'PENDING' ? 'PENDING' : 'SUBMITTED',
      url: `${this.#pageOf(one, pull)}#discussion_r${comment.id}`,
      pullRequestReview: () => this.review(one, pull, review),
    };
  }

  issueComment(one: Repository, issue: Issue, comment: IssueComment): JsonRecord {
    return {
      ...this.#commentOf(comment),
      __typename: 'IssueComment',
      id: nodeId('IC', comment.id),
      url: `${this.#pageOf(one, issue)}#issuecomment-${comment.id}`,
    };
  }

  /** @throws GithubError 404 */
  any(id: string): JsonRecord {
    const world = this.#world;
    const pull = find(world, 'pull', id);
    if (pull) return this.pull(pull.repository, pull.pull);
    const review = find(world, 'review', id);
    if (review) return this.review(review.repository, review.pull, review.review);
    const thread = find(world, 'thread', id);
    if (thread) return this.thread(thread.repository, thread.pull, thread.thread);
    const comment = find(world, 'comment', id);
    if (comment) return this.reviewComment(comment.repository, comment.pull, comment.comment);
    const said = find(world, 'issueComment', id);
    if (said) return this.issueComment(said.repository, said.issue, said.comment);
    throw new GithubError(404, `Could not resolve to a node with the global id of '${id}'`);
  }

  #commentOf(comment: IssueComment): JsonRecord {
    return {
      databaseId: comment.id,
      fullDatabaseId: String(comment.id),
      author: actorOf(comment.author),
      body: comment.body,
      isMinimized: comment.minimized !== undefined,
      minimizedReason: comment.minimized?.reason,
      viewerDidAuthor: comment.author === this.#token.account,
    };
  }

  #pageOf(one: Repository, { number }: Issue): string {
    return `${webUrl(one)}/pull/${number}`;
  }
}

/** A variable may say `null`, which is as if it was not there. */
interface PageArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

/** As many as one page of a connection may have. */
const LARGEST_PAGE = 100;

/** A page of a list; cursors are positions. */
function connection<T>(name: string, all: readonly T[], show: (item: T) => JsonRecord) {
  return ({ first, last, after, before }: PageArguments): JsonRecord => {
    const size = first ?? last;
    if (size == null)
      throw new GithubError(
        422,
        `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
      );
    if (size > LARGEST_PAGE)
      throw new GithubError(
        422,
        `Requesting ${size} records on the \`${name}\` connection exceeds the \`first\` limit of ${LARGEST_PAGE} records.`,
      );
    const from = after == null ? 0 : positionOf(after) + 1;
    const to = before == null ? all.length : positionOf(before);
    const [begin, end] =
      first == null ? [Math.max(from, to - size), to] : [from, Math.min(to, from + size)];
    return {
      totalCount: all.length,
      nodes: () => all.slice(begin, end).map(show),
      pageInfo: {
        startCursor: end > begin ? cursorOf(begin) : null,
        endCursor: end > begin ? cursorOf(end - 1) : null,
        hasNextPage: end < all.length,
        hasPreviousPage: begin > 0,
      },
    };
  };
}

const cursorOf = (position: number): string => Buffer.from(`cursor:${position}`).toString('base64');
const positionOf = (cursor: string): number =>
  Number(Buffer.from(cursor, 'base64').toString().split(':')[1]);
