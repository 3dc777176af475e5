import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client, Data } from './_client.ts';
import { type Models, startModels } from './_models.ts';
import { nodeId } from './node-id.ts';

let models: Models;
let client: Client;
let pullId: string;

beforeAll(async () => {
  models = await startModels();
  client = models.client();
  pullId = nodeId('PR', models.pull.id);
});
afterAll(() => models[Symbol.asyncDispose]());

const THREADS = `query($after: String, $first: Int = 100) {
  viewer { login }
  repository(owner: "octo", name: "models") {
    pullRequest(number: 1) {
      id headRefOid
      reviewThreads(first: $first, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes {
          id path isResolved subjectType
          comments(first: 1) { nodes { id body viewerDidAuthor author { login __typename } } }
        }
      }
    }
  }
}`;

const threadsOf = (answer: Data): Data | undefined =>
  answer.data?.repository?.pullRequest?.reviewThreads;

async function startReview(by: Client): Promise<string> {
  const answer = await by.graphql(
    'mutation($pull: ID!) { addPullRequestReview(input: { pullRequestId: $pull }) { pullRequestReview { id } } }',
    { pull: pullId },
  );
  return String(answer.data?.addPullRequestReview?.pullRequestReview?.id);
}

const ADD = `mutation($review: ID!) {
  a: addPullRequestReviewThread(input: {
    pullRequestReviewId: $review, path: "models/a.onnx", body: "too large", subjectType: FILE
  }) { thread { id } }
  b: addPullRequestReviewThread(input: {
    pullRequestReviewId: $review, path: "new.txt", body: "too slow", subjectType: FILE
  }) { thread { id } }
  submitPullRequestReview(input: { pullRequestReviewId: $review, event: COMMENT }) {
    pullRequestReview { state }
  }
}`;

describe('a review', () => {
  it('of several threads is one mail, and unseen until it is submitted', async () => {
    const before = models.pull.notifications;
    const review = await startReview(client);
    const answer = await client.graphql(ADD, { review });
    expect(answer.data?.submitPullRequestReview?.pullRequestReview?.state).toBe('COMMENTED');
    expect(models.pull.notifications).toBe(before + 1);
    const found = await client.graphql(THREADS, { first: 1, after: null });
    // As a viewer a bot has its suffix, as an author it has none.
    expect(found.data?.viewer?.login).toBe('github-actions[bot]');
    expect(threadsOf(found)).toMatchObject({
      totalCount: 2,
      pageInfo: { hasNextPage: true },
      nodes: [
        {
          path: 'models/a.onnx',
          subjectType: 'FILE',
          isResolved: false,
          comments: {
            nodes: [
              { viewerDidAuthor: true, author: { login: 'github-actions', __typename: 'Bot' } },
            ],
          },
        },
      ],
    });
    const after = threadsOf(found)?.pageInfo?.endCursor;
    const rest = threadsOf(await client.graphql(THREADS, { first: 1, after }));
    expect(rest).toMatchObject({ pageInfo: { hasNextPage: false }, nodes: [{ path: 'new.txt' }] });
  });

  it('may be pending once an author', async () => {
    await startReview(client);
    const answer = await client.graphql(
      'mutation($pull: ID!) { addPullRequestReview(input: { pullRequestId: $pull }) { pullRequestReview { id } } }',
      { pull: pullId },
    );
    expect(answer.errors).toMatchObject([
      {
        type: 'UNPROCESSABLE',
        message: expect.stringMatching(/one pending review/),
        path: ['addPullRequestReview'],
      },
    ]);
    const pending = models.pull.reviews.find(({ state }) => state === 'PENDING');
    await client.graphql(
      'mutation($id: ID!) { deletePullRequestReview(input: { pullRequestReviewId: $id }) { pullRequestReview { id } } }',
      { id: nodeId('PRR', pending?.id ?? 0) },
    );
    expect(models.pull.reviews.some(({ state }) => state === 'PENDING')).toBe(false);
  });
});

describe('a thread', () => {
  const RESOLVE =
    'mutation($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { isResolved } } }';

  it('is resolved with contents: write only', async () => {
    const id = nodeId('PRRT', models.pull.threads[0]?.id ?? 0);
    const weak = models.client({ contents: 'read', 'pull-requests': 'write' });
    const refused = await weak.graphql(RESOLVE, { id });
    expect(refused).toMatchObject({
      data: { resolveReviewThread: null },
      errors: [{ type: 'FORBIDDEN', message: 'Resource not accessible by integration' }],
    });
    const done = await client.graphql(RESOLVE, { id });
    expect(done.data?.resolveReviewThread?.thread?.isResolved).toBe(true);
    expect(models.pull.threads[0]?.resolvedBy?.login).toBe('github-actions[bot]');
  });

  it('is edited by its comment', async () => {
    const comment = models.pull.threads[0]?.comments[0];
    await client.graphql(
      'mutation($id: ID!) { updatePullRequestReviewComment(input: { pullRequestReviewCommentId: $id, body: "fixed" }) { pullRequestReviewComment { body } } }',
      { id: nodeId('PRRC', comment?.id ?? 0) },
    );
    expect(comment?.body).toBe('fixed');
  });

  it('stands on changed files only', async () => {
    const review = await startReview(client);
    const answer = await client.graphql(ADD.replace('models/a.onnx', 'fettle.yml'), { review });
    expect(answer.errors).toMatchObject([{ type: 'UNPROCESSABLE', path: ['a'] }]);
  });

  it.each([
    ['refused', [{ type: 'UNPROCESSABLE' }]],
    ['lost', undefined],
  ] as const)('on a binary file may be %s', async (binaryComments, errors) => {
    await using strict = await startModels({ binaryComments });
    const review = await startReview(strict.client());
    const answer = await strict.client().graphql(ADD, { review });
    if (errors) expect(answer.errors).toMatchObject(errors);
    else expect(answer.errors).toBeUndefined();
    expect(strict.pull.threads.map(({ path }) => path)).toEqual(['new.txt']);
  });
});

describe('a comment', () => {
  it('is minimized, and not gone', async () => {
    const comment = {
      id: 77,
      author: models.repository.world.account('alice'),
      body: 'old',
      createdAt: new Date(),
      updatedAt: new Date(),
      editors: [],
    };
    models.pull.comments.push(comment);
    const answer = await client.graphql(
      'mutation($id: ID!) { minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { minimizedComment { isMinimized minimizedReason } } }',
      { id: nodeId('IC', 77) },
    );
    expect(answer.data?.minimizeComment).toMatchObject({
      minimizedComment: { isMinimized: true, minimizedReason: 'outdated' },
    });
    const read = await client.graphql(
      '{ repository(owner: "octo", name: "models") { pullRequest(number: 1) { comments(last: 1) { nodes { body viewerDidAuthor } } } } }',
    );
    expect(read.data?.repository?.pullRequest?.comments).toMatchObject({
      nodes: [{ body: 'old', viewerDidAuthor: false }],
    });
  });
});

describe('what GitHub refuses', () => {
  it.each([
    ['a field that it does not have', '{ viewer { nickname } }', 'nickname'],
    ['a list without a size', THREADS.replace('comments(first: 1)', 'comments'), 'first'],
    ['a page of more than 100', THREADS.replace('= 100', '= 101'), '100'],
    ['no GraphQL', '{ viewer ', 'Syntax'],
  ])('%s', async (_, query, told) => {
    const { errors } = await client.graphql(query);
    expect(JSON.stringify(errors)).toMatch(told);
  });

  it('who may not read pull requests', async () => {
    const weak = models.client({ contents: 'write' });
    expect((await weak.graphql(THREADS)).errors).toMatchObject([{ type: 'FORBIDDEN' }]);
  });

  it('and tells mistakes of queries apart', () => {
    expect(models.github.problems).toEqual([
      expect.stringMatching(/nickname/),
      expect.stringMatching(/Syntax/),
    ]);
  });
});
