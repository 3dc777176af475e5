/** The API of posting by Octokit. */

import { z } from 'zod';
import type { Octokit } from '../github/client.ts';
import type { GithubApi } from './ports.ts';

/** Octokit throws what GraphQL could not do, and hangs on the error what it could. */
const partialAnswer = z.object({
  name: z.literal('GraphqlResponseError'),
  data: z.unknown(),
  errors: z.array(
    z.object({
      message: z.string(),
      type: z.string().optional(),
      path: z.array(z.union([z.string(), z.number()])).optional(),
    }),
  ),
});

/** Errors of GraphQL become a part of the answer; those of HTTP are thrown. */
export function octokitApi(octokit: Pick<Octokit, 'request' | 'graphql'>): GithubApi {
  return {
    rest: async (route, parameters) => (await octokit.request(route, { ...parameters })).data,
    graphql: async (query, variables) => {
      try {
        return { data: await octokit.graphql(query, { ...variables }), errors: [] };
      } catch (error) {
        const partial = partialAnswer.safeParse(error);
        if (!partial.success) throw error;
        return { data: partial.data.data, errors: partial.data.errors };
      }
    },
  };
}
