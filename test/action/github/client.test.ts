import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openGitHub } from '../../../action/github/client.ts';
import { silentLog } from '../../../shared/base/log.ts';
import { type Models, startModels } from '../../emulators/github/_models.ts';
import { startGithub } from '../../emulators/github/start-github.ts';
import { open } from './_open.ts';

let models: Models;
beforeEach(async () => {
  models = await startModels();
});
afterEach(() => models[Symbol.asyncDispose]());

const issue = { owner: 'octo', repo: 'models', issue_number: 1 };
const create = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
const list = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';

describe('an answer that is a failure', () => {
  test.each([
    ['GET after 502', list, 'issues/list-comments', 502, [1, 2], 3],
    ['GET after 429', list, 'issues/list-comments', 429, [1, 1], 3],
    ['POST after 429', create, 'issues/create-comment', 429, [1, 1], 3],
  ] as const)('%s is tried again', async (_, route, operation, status, waited, attempts) => {
    const { client, waits, lines } = open(models.github, models.repository);
    models.github.addFaults({ operation, status, times: 2 });
    await client.octokit.request(route, { ...issue, body: 'hello' });
    expect(waits).toEqual(waited);
    const { reads, writes } = client.calls();
    expect(reads + writes).toBe(attempts);
    expect(lines.join('\n')).toContain(`GitHub answered ${status}`);
    expect(lines.join('\n')).not.toContain(client.token);
  });

  test.each([
    ['POST after 500, which may have been done', create, 'issues/create-comment', 500],
    ['GET after 404', list, 'issues/list-comments', 404],
    ['GET after 403', list, 'issues/list-comments', 403],
    ['POST after 422', create, 'issues/create-comment', 422],
  ] as const)('%s is not', async (_, route, operation, status) => {
    const { client, waits } = open(models.github, models.repository);
    models.github.addFaults({ operation, status });
    await expect(client.octokit.request(route, { ...issue, body: 'hello' })).rejects.toMatchObject({
      status,
    });
    expect(waits).toEqual([]);
  });

  test('a connection that breaks is one of a server that failed', async () => {
    const { client, waits } = open(models.github, models.repository);
    models.github.addFaults({ operation: 'issues/list-comments', connection: 'reset', times: 1 });
    await client.octokit.request(list, issue);
    expect(waits).toEqual([1]);
  });
});

test('a query is repeated, and a mutation is not', async () => {
  const { client, waits } = open(models.github, models.repository);
  models.github.addFaults({ operation: /^graphql/, status: 502, times: 1 });
  await client.octokit.graphql('query { viewer { login } }');
  expect(waits).toEqual([1]);
  models.github.clearFaults();
  models.github.addFaults({ operation: /^graphql/, status: 502, times: 1 });
  const mutation = 'mutation { resolveReviewThread(input: { threadId: "x" }) { thread { id } } }';
  await expect(client.octokit.graphql(mutation)).rejects.toMatchObject({ status: 502 });
  expect(client.calls()).toEqual({ reads: 2, writes: 1 });
});

test('a limit of GraphQL comes with status 200, and is waited for', async () => {
  const answers = [
    { errors: [{ type: 'RATE_LIMITED', message: 'limit' }] },
    { data: { viewer: 1 } },
  ];
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').setHeader('retry-after', '9');
    response.end(JSON.stringify(answers.shift()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const waits: number[] = [];
  const client = openGitHub({
    token: 'x',
    log: silentLog,
    env: { GITHUB_API_URL: `http://127.0.0.1:${port}`, GITHUB_REPOSITORY: 'octo/models' },
    sleep: async (milliseconds) => waits.push(milliseconds),
  });
  expect(await client.octokit.graphql('query { viewer { login } }')).toEqual({ viewer: 1 });
  expect(waits).toEqual([9000]);
  server.closeAllConnections();
  server.close();
});

test('writes go one after another, also after one that failed', async () => {
  const { client } = open(models.github, models.repository);
  models.github.addFaults(
    { operation: 'issues/create-comment', status: 500, times: 1 },
    { operation: 'issues/create-comment', delay: 20 },
  );
  const posted = await Promise.allSettled(
    ['one', 'two', 'three'].map((body) => client.octokit.request(create, { ...issue, body })),
  );
  expect(posted.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(models.github.parallelWrites).toBe(1);
  expect(models.pull.comments.map(({ body }) => body)).toEqual(['two', 'three']);
});

test('an Enterprise Server has its own addresses', async () => {
  await using github = await startGithub({ isEnterprise: true });
  const repository = github.createRepository('octo/models');
  repository.push('main', { x: 'y' });
  const { client } = open(github, repository, { contents: 'read' });
  await client.octokit.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    ...client.repository,
    tree_sha: 'main',
  });
  await client.octokit.graphql('query { viewer { login } }');
  expect(github.calls.map(({ operation }) => operation)).toEqual([
    'git/get-tree',
    expect.stringContaining('graphql'),
  ]);
  expect(client.serverUrl).toBe(github.serverUrl);
  expect(github.problems).toEqual([]);
});

test('outside of a runner it says so', () => {
  const options = { token: 'x', log: silentLog };
  expect(() => openGitHub({ ...options, env: {} })).toThrow('GITHUB_REPOSITORY');
  expect(() => openGitHub({ ...options, env: { GITHUB_REPOSITORY: '../x/y' } })).toThrow(
    'GITHUB_REPOSITORY',
  );
});
