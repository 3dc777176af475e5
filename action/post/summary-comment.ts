/** The one comment that says it all: written once, changed only when it says something else, never twice. */

import { z } from 'zod';
import type { Log } from '../../shared/base/log.ts';
import { statusOf } from '../github/explain.ts';
import type { RepositoryName } from '../trigger.ts';
import type { OwnComment } from './conversation.ts';
import { stateOfBody } from './markers.ts';
import type { GithubApi } from './ports.ts';

export interface SummaryPlace {
  readonly repository: RepositoryName;
  readonly number: number;
}

const written = z.object({ id: z.number(), html_url: z.string() });

/**
 * Changes the oldest of our comments and removes the others. Where there is none one is written, and `reread` then
 * tells whether another job wrote one meanwhile. Gives the comment's address.
 */
export async function postSummary(
  api: GithubApi,
  { repository, number }: SummaryPlace,
  body: string,
  found: readonly OwnComment[],
  reread: () => Promise<readonly OwnComment[]>,
  log: Log,
): Promise<string> {
  const [own, ...others] = found;
  if (own !== undefined) {
    await removeAll(api, repository, others, log);
    if (isSame(own.body, body)) {
      log.info('the summary comment says the same already');
      return own.url;
    }
    await editComment(api, repository, own.id, body);
    return own.url;
  }
  const made = written.parse(
    await api.rest('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...repository,
      issue_number: number,
      body,
    }),
  );
  const all = await reread();
  const [first, ...rest] = all.toSorted((a, b) => a.id - b.id);
  if (first === undefined || rest.length === 0) return made.html_url;
  log.info('another job wrote the summary comment at the same time: one of them stays');
  await removeAll(api, repository, rest, log);
  if (!isSame(first.body, body)) await editComment(api, repository, first.id, body);
  return first.url;
}

/** By the hidden state, so that another measurement of the same speed is no change; else to the letter. */
function isSame(old: string, body: string): boolean {
  const state = stateOfBody(body);
  return (
    (state !== undefined && state === stateOfBody(old)) ||
    old.replaceAll('\r\n', '\n').trimEnd() === body.trimEnd()
  );
}

async function editComment(
  api: GithubApi,
  repository: RepositoryName,
  id: number,
  body: string,
): Promise<void> {
  const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
  await api.rest(route, { ...repository, comment_id: id, body });
}

/** Two jobs that repair at the same time remove the same one: what is gone already is fine. */
async function removeAll(
  api: GithubApi,
  repository: RepositoryName,
  comments: readonly OwnComment[],
  log: Log,
): Promise<void> {
  for (const { id } of comments) {
    log.info(`one summary comment too many: ${id} is removed`);
    try {
      const route = 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}';
      await api.rest(route, { ...repository, comment_id: id });
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
  }
}
