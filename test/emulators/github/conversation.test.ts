import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from './_client.ts';
import { type Models, startModels } from './_models.ts';

const R = '/repos/octo/models';
let models: Models;
let client: Client;

beforeAll(async () => {
  models = await startModels();
  client = models.client();
});
afterAll(() => models[Symbol.asyncDispose]());

describe('comments', () => {
  it('stay, change, and tell who wrote and who changed them', async () => {
    const made = await client.rest(`POST ${R}/issues/1/comments`, { body: 'first' });
    expect(made.data.user).toMatchObject({ login: 'github-actions[bot]', type: 'Bot' });
    const { id } = made.data;
    await client.rest(`PATCH ${R}/issues/comments/${id}`, { body: 'second' });
    expect((await client.rest(`GET ${R}/issues/comments/${id}`)).data.body).toBe('second');
    expect(models.pull.comments).toMatchObject([
      { body: 'second', editors: ['github-actions[bot]'] },
    ]);
    expect(models.pull.notifications).toBe(1);
    expect((await client.rest(`DELETE ${R}/issues/comments/${id}`)).status).toBe(204);
    expect(models.pull.comments).toEqual([]);
  });

  it.each([
    ['65,536 characters', 'x'.repeat(65_536), 201],
    ['65,536 characters of two units each', '🦎'.repeat(65_536), 201],
    ['one more', 'x'.repeat(65_537), 422],
    ['none', '  ', 422],
  ])('of %s', async (_, body, status) => {
    const answer = await client.rest(`POST ${R}/issues/1/comments`, { body });
    expect(answer.status).toBe(status);
  });

  it('come by pages of 30, and of 100 at most', async () => {
    const issue = models.repository.openIssue('many');
    const bot = models.repository.world.account('github-actions[bot]');
    const date = new Date();
    for (let id = 0; id < 250; id++)
      issue.comments.push({
        id: 900_000 + id,
        author: bot,
        body: `${id}`,
        createdAt: date,
        updatedAt: date,
        editors: [],
      });
    const path = `${R}/issues/${issue.number}/comments`;
    expect((await client.rest(`GET ${path}`)).data).toHaveLength(30);
    const first = await client.rest(`GET ${path}?per_page=1000`);
    expect(first.data).toHaveLength(100);
    expect(first.headers.link).toMatch(/[?&]page=2>; rel="next", <.*[?&]page=3>; rel="last"/);
    const last = await client.rest(`GET ${path}?per_page=100&page=3`);
    expect(last.data).toHaveLength(50);
    expect(last.headers.link).not.toMatch(/next/);
  });
});

describe('reviews', () => {
  const comment = { body: 'too large', path: 'models/a.onnx', subject_type: 'file' };

  it('a comment on a file is a thread, and a mail', async () => {
    const before = models.pull.notifications;
    const commit_id = models.pull.head.sha;
    const made = await client.rest(`POST ${R}/pulls/1/comments`, { ...comment, commit_id });
    expect(made.status).toBe(201);
    expect(made.data).toMatchObject({ subject_type: 'file', path: 'models/a.onnx' });
    const reply = await client.rest(`POST ${R}/pulls/1/comments/${made.data.id}/replies`, {
      body: 'fixed',
    });
    expect(reply.data.in_reply_to_id).toBe(made.data.id);
    expect(models.pull.threads.map(({ comments }) => comments.length)).toEqual([2]);
    expect(models.pull.notifications).toBe(before + 2);
    await client.rest(`PATCH ${R}/pulls/comments/${made.data.id}`, { body: 'smaller now' });
    const listed = await client.rest(`GET ${R}/pulls/1/comments`);
    expect(listed.data).toMatchObject([{ body: 'smaller now' }, { body: 'fixed' }]);
  });

  it.each([
    ['a file that did not change', { ...comment, path: 'fettle.yml' }],
    ['a line that is not told', { body: 'b', path: 'models/a.onnx' }],
  ])('refuses a comment on %s', async (_, body) => {
    const commit_id = models.pull.head.sha;
    const answer = await client.rest(`POST ${R}/pulls/1/comments`, { ...body, commit_id });
    expect(answer.status).toBe(422);
  });

  it('one pending review an author, unseen by others; submitted it stays', async () => {
    const made = await client.rest(`POST ${R}/pulls/1/reviews`, { body: 'draft' });
    expect(made.data.state).toBe('PENDING');
    const second = await client.rest(`POST ${R}/pulls/1/reviews`, { body: 'second' });
    expect(second.status).toBe(422);
    const { id } = made.data;
    await client.rest(`POST ${R}/pulls/1/reviews/${id}/events`, { event: 'COMMENT' });
    expect((await client.rest(`DELETE ${R}/pulls/1/reviews/${id}`)).status).toBe(422);
    const third = await client.rest(`POST ${R}/pulls/1/reviews`, { body: 'third' });
    expect((await client.rest(`DELETE ${R}/pulls/1/reviews/${third.data.id}`)).status).toBe(200);
  });

  it('has no comments on files in a batch', async () => {
    const { path, body } = comment;
    const answer = await client.rest(`POST ${R}/pulls/1/reviews`, {
      event: 'COMMENT',
      comments: [{ path, body, subject_type: 'file' }],
    });
    expect(answer.status).toBe(422);
  });
});

describe('issues', () => {
  it('are found by state and creator, newest first, with pull requests among them', async () => {
    const made = await client.rest(`POST ${R}/issues`, { title: 'Drift', body: 'b' });
    expect(made.status).toBe(201);
    const path = `${R}/issues?creator=github-actions%5Bbot%5D`;
    expect((await client.rest(`GET ${path}`)).data).toMatchObject([{ title: 'Drift' }]);
    await client.rest(`PATCH ${R}/issues/${made.data.number}`, { state: 'closed' });
    expect((await client.rest(`GET ${path}`)).data).toEqual([]);
    const all = await client.rest(`GET ${R}/issues?state=all`);
    expect(all.data).toHaveLength(3);
    expect(all.data).toMatchObject([
      { title: 'Drift', state: 'closed' },
      { title: 'many' },
      { title: 'smaller', pull_request: {} },
    ]);
  });

  it('titles are of 256 characters', async () => {
    const title = 'x'.repeat(257);
    expect((await client.rest(`POST ${R}/issues`, { title })).status).toBe(422);
  });
});

describe('binary files that cannot be commented on', () => {
  it('refused by REST', async () => {
    await using strict = await startModels({ binaryComments: 'refused' });
    const commit_id = strict.pull.head.sha;
    const body = { body: 'b', commit_id, path: 'models/a.onnx', subject_type: 'file' };
    expect((await strict.client().rest(`POST ${R}/pulls/1/comments`, body)).status).toBe(422);
    const text = { ...body, path: 'new.txt' };
    expect((await strict.client().rest(`POST ${R}/pulls/1/comments`, text)).status).toBe(201);
  });
});
