/** Things by their global id. */
import type { Issue, IssueComment, Pull, Review, ReviewComment, ReviewThread } from './model.ts';
import { type NodeKind, readNodeId } from './node-id.ts';
import type { Repository } from './repository.ts';
import type { World } from './world.ts';

interface InPull {
  readonly repository: Repository;
  readonly pull: Pull;
}

/** What is found of each kind, and where. */
export interface Found {
  readonly pull: InPull;
  readonly review: InPull & { readonly review: Review };
  readonly thread: InPull & { readonly thread: ReviewThread };
  readonly comment: InPull & { readonly comment: ReviewComment };
  readonly issueComment: {
    readonly repository: Repository;
    readonly issue: Issue;
    readonly comment: IssueComment;
  };
}

const KINDS: Readonly<Record<keyof Found, NodeKind>> = {
  pull: 'PR',
  review: 'PRR',
  thread: 'PRRT',
  comment: 'PRRC',
  issueComment: 'IC',
};

/** The thing, or nothing where the id is of another kind or of nothing. */
export function find<K extends keyof Found>(
  world: World,
  kind: K,
  id: string,
): Found[K] | undefined {
  const read = readNodeId(id);
  if (read?.kind !== KINDS[kind]) return undefined;
  for (const repository of world.repositories.values()) {
    const found = FINDERS[kind](repository, read.id);
    if (found) return found;
  }
  return undefined;
}

const FINDERS: {
  readonly [K in keyof Found]: (repository: Repository, id: number) => Found[K] | undefined;
} = {
  pull: (repository, id) => first(repository, (pull) => pull.id === id && {}),
  review: (repository, id) =>
    first(repository, (pull) => {
      const review = pull.reviews.find((one) => one.id === id);
      return review && { review };
    }),
  thread: (repository, id) =>
    first(repository, (pull) => {
      const thread = pull.threads.find((one) => one.id === id);
      return thread && { thread };
    }),
  comment: (repository, id) =>
    first(repository, (pull) => {
      const comment = pull.threads.flatMap(({ comments }) => comments).find((one) => one.id === id);
      return comment && { comment };
    }),
  issueComment: (repository, id) => {
    for (const issue of repository.issues.values()) {
      const comment = issue.comments.find((one) => one.id === id);
      if (comment) return { repository, issue, comment };
    }
    return undefined;
  },
};

function first<T extends object>(
  repository: Repository,
  look: (pull: Pull) => T | false | undefined,
): (InPull & T) | undefined {
  for (const pull of repository.pulls()) {
    const found = look(pull);
    if (found) return { repository, pull, ...found };
  }
  return undefined;
}
