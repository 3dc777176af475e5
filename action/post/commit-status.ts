/** A commit status of a fixed name, for rules that want one: the job's own check has the name of its job. */

import { z } from 'zod';
import { summary } from '../../shared/report/headline.ts';
import { verdictWith } from '../../shared/report/markdown.ts';
import type { Verdict } from '../../shared/report/schema.ts';
import type { Outcome } from '../outcome.ts';
import type { RepositoryName } from '../trigger.ts';
import type { GithubApi } from './ports.ts';

const STATES = {
  ok: 'success',
  inconclusive: 'success',
  regressed: 'failure',
  failed: 'error',
} as const satisfies Record<Verdict, string>;

/** GitHub's limit. */
const DESCRIPTION_MAX = 140;

const known = z.array(
  z.object({ context: z.string(), state: z.string(), description: z.string().nullable() }),
);

/** `fettle`, and `fettle/<path>` for another configuration. Written only where it says something new. */
export async function postStatus(
  api: GithubApi,
  repository: RepositoryName,
  outcome: Outcome,
  link?: string,
): Promise<void> {
  const { configPath, headSha, report, problems } = outcome;
  const context = configPath === 'fettle.yml' ? 'fettle' : `fettle/${configPath}`;
  const state = STATES[verdictWith(report, problems)];
  const description = describe(outcome).slice(0, DESCRIPTION_MAX);
  const before = known.parse(
    await api.rest('GET /repos/{owner}/{repo}/commits/{ref}/statuses', {
      ...repository,
      ref: headSha,
      per_page: 100,
    }),
  );
  // Newest first.
  const last = before.find((status) => status.context === context);
  if (last?.state === state && last.description === description) return;
  await api.rest('POST /repos/{owner}/{repo}/statuses/{sha}', {
    ...repository,
    sha: headSha,
    context,
    state,
    description,
    ...(link === undefined ? {} : { target_url: link }),
  });
}

function describe({ report, problems }: Outcome): string {
  const errors = problems.filter(({ level }) => level === 'error').length;
  if (errors > 0)
    return errors === 1 ? 'a problem kept a model from being compared' : `${errors} problems`;
  return report === undefined ? 'no model changed' : summary(report);
}
