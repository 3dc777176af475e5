/**
 * The threads of a review by GraphQL: REST has no way to put several file comments into one review, and without one
 * every comment is a mail of its own.
 */

import { z } from 'zod';
import { RefusedError } from './attempt.ts';
import type { GithubApi, GraphqlAnswer } from './ports.ts';
import type { ReviewPlan } from './review-plan.ts';

const BEGIN =
  'addPullRequestReview(input: { pullRequestId: $pull, commitOID: $commit }) { pullRequestReview { id } }';
const START = `mutation Start($pull: ID!, $commit: GitObjectID!) {
  ${BEGIN}
}`;
/** With a half-made review of an earlier run out of the way. */
const START_AGAIN = `mutation Start($leftover: ID!, $pull: ID!, $commit: GitObjectID!) {
  discard: deletePullRequestReview(input: { pullRequestReviewId: $leftover }) { clientMutationId }
  ${BEGIN}
}`;
const DISCARD = `mutation Discard($review: ID!) {
  deletePullRequestReview(input: { pullRequestReviewId: $review }) { clientMutationId }
}`;
const startSchema = z.object({
  addPullRequestReview: z.object({ pullRequestReview: z.object({ id: z.string() }) }),
});

/**
 * Begins new threads in one review, by two requests. Gives the paths of those that were refused.
 * @throws RefusedError where none of it was done
 */
export async function beginThreads(
  api: GithubApi,
  begin: ReviewPlan['begin'],
  pull: { readonly id: string; readonly headSha: string; readonly leftoverReview?: string },
): Promise<string[]> {
  if (begin.length === 0) return [];
  const { id, headSha, leftoverReview: leftover } = pull;
  const variables = { pull: id, commit: headSha, ...(leftover === undefined ? {} : { leftover }) };
  const started = await api.graphql(leftover === undefined ? START : START_AGAIN, variables);
  if (!startSchema.safeParse(started.data).success) refuseAll(started);
  const review = startSchema.parse(started.data).addPullRequestReview.pullRequestReview.id;
  try {
    const parts = begin.map(
      (_, i) =>
        `t${i}: addPullRequestReviewThread(input: { pullRequestReviewId: $review, path: $path${i}, body: $body${i}, subjectType: FILE }) { thread { id } }`,
    );
    const declared = begin.map((_, i) => `, $path${i}: String!, $body${i}: String!`).join('');
    const query = `mutation Threads($review: ID!${declared}) {
  ${parts.join('\n  ')}
  submit: submitPullRequestReview(input: { pullRequestReviewId: $review, event: COMMENT }) { clientMutationId }
}`;
    const texts = begin.flatMap(({ path, body }, i) => [
      [`path${i}`, path],
      [`body${i}`, body],
    ]);
    const answer = await api.graphql(query, { review, ...Object.fromEntries(texts) });
    const failed = refusedAliases(answer, [...begin.map((_, i) => `t${i}`), 'submit']);
    if (failed.has('submit') || failed.has(undefined)) refuseAll(answer);
    return begin
      .filter((_, i) => failed.has(`t${i}`) || isLost(answer, `t${i}`))
      .map(({ path }) => path);
  } catch (error) {
    // A review that is left pending keeps this account from ever beginning another one.
    await api.graphql(DISCARD, { review }).catch(() => undefined);
    throw error;
  }
}

export interface ChangedThreads {
  /** Threads whose text could not be changed. */
  readonly refused: readonly string[];
  /** How many stay open, or closed, because the token may not resolve: that takes `contents: write`. */
  readonly unresolved: number;
}

/** Changes and closes threads, all in one request. @throws RefusedError where none of it was done */
export async function changeThreads(
  api: GithubApi,
  { edit, resolve, reopen }: Pick<ReviewPlan, 'edit' | 'resolve' | 'reopen'>,
): Promise<ChangedThreads> {
  if (edit.length + resolve.length + reopen.length === 0) return { refused: [], unresolved: 0 };
  const variables: [string, string][] = [];
  const declare = (name: string, value: string): string => {
    variables.push([name, value]);
    return `$${name}`;
  };
  const edits = edit.map(
    ({ thread, body }, i) =>
      `e${i}: updatePullRequestReviewComment(input: { pullRequestReviewCommentId: ${declare(`e${i}id`, thread.commentId)}, body: ${declare(`e${i}body`, body)} }) { clientMutationId }`,
  );
  const closes = resolve.map(
    ({ id }, i) =>
      `r${i}: resolveReviewThread(input: { threadId: ${declare(`r${i}id`, id)} }) { clientMutationId }`,
  );
  const opens = reopen.map(
    ({ id }, i) =>
      `u${i}: unresolveReviewThread(input: { threadId: ${declare(`u${i}id`, id)} }) { clientMutationId }`,
  );
  const declared = variables
    .map(([name]) => `$${name}: ${name.endsWith('body') ? 'String!' : 'ID!'}`)
    .join(', ');
  const query = `mutation Change(${declared}) {\n  ${[...edits, ...closes, ...opens].join('\n  ')}\n}`;
  const answer = await api.graphql(query, Object.fromEntries(variables));
  const aliases = variables.map(([name]) => name.replace(/(?:id|body)$/, ''));
  const failed = refusedAliases(answer, aliases);
  if (failed.has(undefined)) refuseAll(answer);
  return {
    refused: edit.filter((_, i) => failed.has(`e${i}`)).map(({ thread }) => thread.id),
    unresolved: [...failed].filter((alias) => /^[ru]\d+$/.test(alias ?? '')).length,
  };
}

/** Aliases of what was refused; `undefined` among them where the whole request was. */
function refusedAliases(
  { errors }: GraphqlAnswer,
  aliases: readonly string[],
): Set<string | undefined> {
  return new Set(errors.map(({ path }) => aliases.find((alias) => alias === path?.[0])));
}

const lostThread = z.object({ thread: z.null() });

/** GitHub may take a comment on a file that it cannot show, say nothing, and have no thread. */
function isLost({ data }: GraphqlAnswer, alias: string): boolean {
  const answers = z.record(z.string(), z.unknown()).safeParse(data);
  return answers.success && lostThread.safeParse(answers.data[alias]).success;
}

function refuseAll({ errors }: GraphqlAnswer): void {
  const [error] = errors;
  if (error !== undefined) throw new RefusedError(error.message, error.type);
}
