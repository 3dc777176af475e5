/** What a scheduled run found, as one issue: opened when something is wrong, kept up to date, closed when it is not. */

import { z } from 'zod';
import { verdictWith } from '../../shared/report/markdown.ts';
import type { Outcome } from '../outcome.ts';
import type { RepositoryName } from '../trigger.ts';
import { hasMarker, stateOfBody } from './markers.ts';
import type { GithubApi } from './ports.ts';

/** Plain text: a title is no Markdown. */
const TITLE = 'Fettle: the scheduled check is not OK';

const issuesSchema = z.array(
  z.object({
    number: z.number(),
    state: z.string(),
    body: z.string().nullish(),
    html_url: z.string(),
    user: z.object({ login: z.string() }).nullish(),
    pull_request: z.unknown().optional(),
  }),
);
type Issue = z.infer<typeof issuesSchema>[number];

const viewerSchema = z.object({ viewer: z.object({ login: z.string() }) });
const WORKFLOW_LOGIN = 'github-actions[bot]';

/** Issues of one author that are looked through: ten requests of a hundred. */
const MAX_PAGES = 10;

/** Gives the issue's address, if there is one now. `body` begins with the marker. */
export async function postScheduledIssue(
  api: GithubApi,
  repository: RepositoryName,
  outcome: Outcome,
  marker: string,
  body: string,
): Promise<string | undefined> {
  const verdict = verdictWith(outcome.report, outcome.problems);
  const isWrong = verdict === 'regressed' || verdict === 'failed';
  const own = await findIssue(api, repository, marker);
  if (own === undefined) return isWrong ? createIssue(api, repository, body) : undefined;
  // What is inconclusive neither opens an issue nor closes one.
  const state = isWrong ? 'open' : verdict === 'ok' ? 'closed' : own.state;
  if (own.state === 'closed' && state === 'closed') return undefined;
  if (stateOfBody(own.body ?? '') !== stateOfBody(body) || own.state !== state) {
    await api.rest('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
      ...repository,
      issue_number: own.number,
      body,
      state,
      ...(state === 'closed' ? { state_reason: 'completed' } : {}),
    });
  }
  return own.html_url;
}

async function createIssue(
  api: GithubApi,
  repository: RepositoryName,
  body: string,
): Promise<string> {
  const made = z
    .object({ html_url: z.string() })
    .parse(
      await api.rest('POST /repos/{owner}/{repo}/issues', { ...repository, title: TITLE, body }),
    );
  return made.html_url;
}

/** Open or closed, by marker and author: an issue that somebody else wrote is never touched. */
async function findIssue(
  api: GithubApi,
  repository: RepositoryName,
  marker: string,
): Promise<Issue | undefined> {
  const login = await ownLogin(api);
  let closed: Issue | undefined;
  for (let page = 1; page <= MAX_PAGES; page++) {
    const issues = issuesSchema.parse(
      await api.rest('GET /repos/{owner}/{repo}/issues', {
        ...repository,
        creator: login,
        state: 'all',
        per_page: 100,
        page,
      }),
    );
    const own = issues.filter(
      ({ user, body, pull_request: pull }) =>
        user?.login === login && pull === undefined && hasMarker(body ?? '', marker),
    );
    const open = own.find(({ state }) => state === 'open');
    if (open) return open;
    closed ??= own[0];
    if (issues.length < 100) break;
  }
  return closed;
}

/** Of a workflow's own token GitHub says no name by REST. */
async function ownLogin(api: GithubApi): Promise<string> {
  const { data } = await api.graphql('query Viewer { viewer { login } }', {});
  const parsed = viewerSchema.safeParse(data);
  return parsed.success ? parsed.data.viewer.login : WORKFLOW_LOGIN;
}
