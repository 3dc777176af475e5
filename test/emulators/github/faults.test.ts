import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from './_client.ts';
import { type Models, startModels } from './_models.ts';

const ROUTE = 'POST /repos/octo/models/issues/1/comments';
let models: Models;
let client: Client;

beforeAll(async () => {
  models = await startModels();
  client = models.client();
});
afterEach(() => {
  models.github.clearFaults();
  models.github.forgetCalls();
  models.pull.comments.splice(0);
});
afterAll(() => models[Symbol.asyncDispose]());

const comment = () => client.rest(ROUTE, { body: 'b' });

describe('faults', () => {
  it('befall one operation, as often as told', async () => {
    const operation = 'issues/create-comment';
    models.github.addFaults({ operation, status: 502, after: 1, times: 2 });
    const found = [];
    for (let n = 0; n < 4; n++) found.push((await comment()).status);
    expect(found).toEqual([201, 502, 502, 201]);
    expect((await client.rest('GET /repos/octo/models')).status).toBe(200);
    expect(models.github.calls.map(({ status }) => status)).toEqual([201, 502, 502, 201, 200]);
    expect(models.github.writes).toHaveLength(4);
  });

  it.each([403, 404, 422, 429, 500])('answer %d', async (status) => {
    models.github.addFaults({ operation: /^issues\//, status });
    const answer = await comment();
    expect(answer.status).toBe(status);
    expect(answer.data.message).not.toBe('');
    expect(answer.headers['retry-after']).toBe(status === 429 ? '1' : undefined);
    expect(models.pull.comments).toEqual([]);
  });

  it('end connections before or after something is done', async () => {
    const operation = 'issues/create-comment';
    models.github.addFaults(
      { operation, connection: 'reset', times: 1 },
      { operation, connection: 'lost', times: 1 },
    );
    await expect(comment()).rejects.toThrow();
    expect(models.pull.comments).toHaveLength(0);
    await expect(comment()).rejects.toThrow();
    expect(models.pull.comments).toHaveLength(1);
    expect(models.github.calls.map(({ status }) => status)).toEqual([0, 0]);
  });

  it('take time, in which writes of one token are seen to overlap', async () => {
    models.github.addFaults({ operation: 'issues/create-comment', delay: 30 });
    await comment();
    expect(models.github.parallelWrites).toBe(1);
    await Promise.all([comment(), comment()]);
    expect(models.github.parallelWrites).toBe(2);
  });

  it('of GraphQL come as GraphQL tells them', async () => {
    models.github.addFaults(
      { operation: 'graphql/viewer', status: 403, times: 1 },
      { operation: 'graphql/viewer', status: 502, times: 1 },
    );
    expect(await client.graphql('{ viewer { login } }')).toMatchObject({
      data: null,
      errors: [{ type: 'FORBIDDEN' }],
    });
    expect(await client.graphql('{ viewer { login } }')).toMatchObject({ status: '502' });
    expect(await client.graphql('{ viewer { login } }')).toMatchObject({ data: {} });
  });
});

describe('rates', () => {
  it('primary: none left, and when there are again', async () => {
    await using few = await startModels({ limits: { perHour: 2 } });
    const own = few.client();
    const first = await own.rest('GET /repos/octo/models');
    expect(first.headers['x-ratelimit-remaining']).toBe('1');
    await own.rest('GET /repos/octo/models');
    const refused = await own.rest('GET /repos/octo/models');
    expect(refused.status).toBe(403);
    expect(refused.headers['x-ratelimit-remaining']).toBe('0');
    const reset = Number(refused.headers['x-ratelimit-reset']) * 1000 - Date.now();
    expect(reset).toBeGreaterThan(3_500_000);
    expect(reset).toBeLessThan(3_700_000);
    // Another token has its own.
    expect((await few.client().rest('GET /repos/octo/models')).status).toBe(200);
  });

  it('secondary: too many new things within a minute, by the clock', async () => {
    let time = Date.parse('2026-03-01T00:00:00Z');
    await using few = await startModels({
      limits: { contentPerMinute: 2 },
      now: () => new Date(time),
    });
    const own = few.client();
    const make = async () => (await own.rest(ROUTE, { body: 'b' })).status;
    expect([await make(), await make(), await make()]).toEqual([201, 201, 403]);
    const refused = await own.rest(ROUTE, { body: 'b' });
    expect(refused.headers['retry-after']).toBe('60');
    // Edits make nothing new.
    const id = few.pull.comments[0]?.id;
    const edited = await own.rest(`PATCH /repos/octo/models/issues/comments/${id}`, { body: 'c' });
    expect(edited.status).toBe(200);
    time += 61_000;
    expect(await make()).toBe(201);
  });
});

describe('limits', () => {
  it('cut trees, lists of files and large contents', async () => {
    await using small = await startModels({
      limits: { treeEntries: 2, pullFiles: 1, compareFiles: 2, content: 2, blob: 2 },
    });
    const own = small.client();
    const R = '/repos/octo/models';
    const tree = await own.rest(`GET ${R}/git/trees/smaller?recursive=1`);
    expect(tree.data).toMatchObject({ truncated: true });
    expect(tree.data.tree).toHaveLength(2);
    expect((await own.rest(`GET ${R}/pulls/1/files`)).data).toHaveLength(1);
    const { sha } = small.repository.filesAt('smaller').get('models/a.onnx') ?? { sha: '' };
    const blob = await own.rest(`GET ${R}/git/blobs/${sha}`);
    expect(blob).toMatchObject({ status: 403, data: { errors: [{ code: 'too_large' }] } });
  });

  it('contents of more than a megabyte have no content in JSON', async () => {
    await using small = await startModels({ limits: { content: 2 } });
    const { data } = await small.client().rest('GET /repos/octo/models/contents/models/a.onnx');
    expect(data).toMatchObject({ encoding: 'none', content: '', size: 3 });
  });
});
