import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from './_client.ts';
import { AFTER, ALL, type Models, startModels } from './_models.ts';
import type { Permissions } from './world.ts';

const R = '/repos/octo/models';
let models: Models;
let client: Client;

beforeAll(async () => {
  models = await startModels();
  client = models.client();
});
afterAll(() => models[Symbol.asyncDispose]());

describe('who asks', () => {
  it('must say so, with a token and a user agent', async () => {
    const { apiUrl } = models.github;
    const anonymous = await fetch(`${apiUrl}${R}`);
    expect(anonymous.status).toBe(401);
    expect((await new Client(models.github, 'ghs_wrong').rest(`GET ${R}`)).status).toBe(401);
  });

  it('is no user where it is a workflow', async () => {
    expect((await client.rest('GET /user')).status).toBe(403);
    const person = new Client(models.github, models.github.createUserToken('alice', ALL));
    expect((await person.rest('GET /user')).data.login).toBe('alice');
  });

  const needed: readonly [string, object | undefined, Permissions, Permissions][] = [
    [`GET ${R}/pulls/1`, undefined, { contents: 'write' }, { 'pull-requests': 'read' }],
    [`GET ${R}/git/trees/main`, undefined, { 'pull-requests': 'write' }, { contents: 'read' }],
    [
      `POST ${R}/issues/1/comments`,
      { body: 'x' },
      { 'pull-requests': 'read', issues: 'read', contents: 'write' },
      { 'pull-requests': 'write' },
    ],
    [`POST ${R}/issues`, { title: 'x' }, { 'pull-requests': 'write' }, { issues: 'write' }],
    [`POST ${R}/git/blobs`, { content: 'x' }, { contents: 'read' }, { contents: 'write' }],
  ];
  it.each(needed)('may not %s without the permission', async (route, body, without, sufficient) => {
    const refused = await models.client(without).rest(route, body);
    expect(refused.status).toBe(403);
    expect(refused.data.message).toBe('Resource not accessible by integration');
    expect((await models.client(sufficient).rest(route, body)).status).toBeLessThan(300);
  });

  it('sees other repositories only where they are public, and changes none of them', async () => {
    models.github.createRepository('octo/secret', { visibility: 'private' }).push('main', {});
    models.github.createRepository('octo/open').push('main', { a: 'b' });
    expect((await client.rest('GET /repos/octo/secret')).status).toBe(404);
    expect((await client.rest('GET /repos/octo/open/git/trees/main')).status).toBe(200);
    expect((await client.rest('POST /repos/octo/open/issues', { title: 't' })).status).toBe(403);
  });
});

describe('contents', () => {
  it('compare from the merge base', async () => {
    const { data } = await client.rest(`GET ${R}/compare/main...smaller`);
    const base = models.repository.commitAt('smaller').parents[0];
    expect(data.merge_base_commit?.sha).toBe(base);
    expect(data.base_commit?.sha).not.toBe(base);
    expect([data.status, data.ahead_by, data.behind_by]).toEqual(['diverged', 1, 1]);
    const files = (await client.rest(`GET ${R}/pulls/1/files`)).data;
    expect(data.files).toEqual(files);
    expect(files).toMatchObject([
      { filename: 'gone.txt', status: 'removed' },
      { filename: 'models/a.onnx', status: 'modified' },
      { filename: 'new.txt', status: 'renamed', previous_filename: 'old.txt' },
    ]);
  });

  it('give a tree whole, and its blobs raw and as base64', async () => {
    const { data } = await client.rest(`GET ${R}/git/trees/smaller?recursive=1`);
    expect(data.truncated).toBe(false);
    const entries: readonly { path: string; sha: string; size?: number }[] = JSON.parse(
      JSON.stringify(data.tree),
    );
    expect(entries.map(({ path }) => path)).toEqual([
      'fettle.yml',
      'models',
      'models/a.onnx',
      'new.txt',
    ]);
    const entry = entries.find(({ path }) => path === 'models/a.onnx');
    expect(entry?.size).toBe(3);
    const accept = 'application/vnd.github.raw+json';
    const raw = await client.rest(`GET ${R}/git/blobs/${entry?.sha}`, undefined, { accept });
    expect(new Uint8Array(raw.bytes)).toEqual(AFTER);
    const json = await client.rest(`GET ${R}/git/blobs/${entry?.sha}`);
    expect(json.data).toMatchObject({ encoding: 'base64', size: 3, content: 'AAED\n' });
  });

  it('give files and folders by path and reference', async () => {
    const file = await client.rest(`GET ${R}/contents/models%2Fa.onnx?ref=smaller`);
    expect(file.data).toMatchObject({ type: 'file', path: 'models/a.onnx', content: 'AAED\n' });
    const folder = await client.rest(`GET ${R}/contents/models?ref=smaller`);
    expect(folder.data).toMatchObject([{ type: 'file', name: 'a.onnx', size: 3 }]);
    const accept = 'application/vnd.github.object+json';
    const object = await client.rest(`GET ${R}/contents/models`, undefined, { accept });
    expect(object.data).toMatchObject({ type: 'dir', entries: [{ name: 'a.onnx' }] });
    expect((await client.rest(`GET ${R}/contents/nowhere`)).status).toBe(404);
  });

  it('a merge has both sides', async () => {
    const accept = 'application/vnd.github.sha';
    const { data } = await client.rest(`GET ${R}/pulls/1`);
    const merge = await client.rest(`GET ${R}/commits/${data.merge_commit_sha}`, undefined, {
      accept,
    });
    expect(merge.bytes.toString()).toBe(data.merge_commit_sha);
    const paths = models.repository.filesAt(merge.bytes.toString());
    expect([...paths.keys()].toSorted()).toEqual([
      'README.md',
      'fettle.yml',
      'models/a.onnx',
      'new.txt',
    ]);
  });
});

describe('pull requests', () => {
  it('of forks are found by the head, and by the commit only in the fork', async () => {
    const fork = models.github.fork(models.repository, 'mallory');
    const sha = fork.push('evil', { 'models/a.onnx': 'x' }, { from: 'main' });
    const pull = models.repository.openPull({ head: 'evil', headRepository: fork });
    const byHead = await client.rest(`GET ${R}/pulls?head=mallory:evil`);
    expect(byHead.data).toMatchObject([
      { number: pull.number, head: { sha, repo: { full_name: 'mallory/models', fork: true } } },
    ]);
    expect((await client.rest(`GET ${R}/commits/${sha}/pulls`)).data).toEqual([]);
    const there = await client.rest(`GET /repos/mallory/models/commits/${sha}/pulls`);
    expect(there.data).toMatchObject([{ number: pull.number }]);
    // Its objects are there for the base, too.
    expect((await client.rest(`GET ${R}/git/trees/${sha}`)).status).toBe(200);
  });

  it('follow their branch', async () => {
    const branch = 'moving';
    models.repository.push(branch, { a: '1' }, { from: 'main' });
    const pull = models.repository.openPull({ head: branch });
    const sha = models.repository.push(branch, { a: '2' });
    const { data } = await client.rest(`GET ${R}/pulls/${pull.number}`);
    expect(data.head?.sha).toBe(sha);
  });

  it('come from a branch that the API made, once', async () => {
    const blob = await client.rest(`POST ${R}/git/blobs`, { content: 'AAE=', encoding: 'base64' });
    const tree = await client.rest(`POST ${R}/git/trees`, {
      base_tree: models.repository.commitAt('main').sha,
      tree: [
        { path: 'out/a.onnx', mode: '100644', type: 'blob', sha: blob.data.sha },
        { path: 'old.txt', mode: '100644', type: 'blob', sha: null },
      ],
    });
    const commit = await client.rest(`POST ${R}/git/commits`, {
      message: 'update',
      tree: tree.data.sha,
      parents: [models.repository.commitAt('main').sha],
    });
    const ref = { ref: 'refs/heads/fettle', sha: commit.data.sha };
    expect((await client.rest(`POST ${R}/git/refs`, ref)).status).toBe(201);
    expect((await client.rest(`POST ${R}/git/refs`, ref)).status).toBe(422);
    const wanted = { title: 'Update', head: 'fettle', base: 'main', body: 'report' };
    const made = await client.rest(`POST ${R}/pulls`, wanted);
    expect(made.status).toBe(201);
    const again = await client.rest(`POST ${R}/pulls`, wanted);
    expect(again.status).toBe(422);
    const files = await client.rest(`GET ${R}/pulls/${made.data.number}/files`);
    expect(files.data).toMatchObject([
      { filename: 'old.txt', status: 'removed' },
      { filename: 'out/a.onnx', status: 'added' },
    ]);
  });

  it('are not for workflows to open unless the repository allows it', async () => {
    const strict = models.github.createRepository('octo/strict');
    strict.push('main', { a: '1' });
    strict.push('b', { a: '2' }, { from: 'main' });
    const token = models.github.createToken(strict, ALL);
    const wanted = { title: 'x', head: 'b', base: 'main' };
    const refused = await new Client(models.github, token).rest(
      'POST /repos/octo/strict/pulls',
      wanted,
    );
    expect(refused.status).toBe(403);
    expect(refused.data.message).toMatch(/not permitted to create/);
  });
});

describe('statuses', () => {
  it('are of a commit and a context, with a short description', async () => {
    const { sha } = models.repository.commitAt('smaller');
    const status = { state: 'failure', context: 'fettle', description: 'digits is too large' };
    expect((await client.rest(`POST ${R}/statuses/${sha}`, status)).status).toBe(201);
    const long = { ...status, description: 'x'.repeat(141) };
    expect((await client.rest(`POST ${R}/statuses/${sha}`, long)).status).toBe(422);
    expect((await client.rest(`GET ${R}/commits/smaller/statuses`)).data).toMatchObject([status]);
  });
});

it('tells what it does not emulate, and what GitHub would overlook', async () => {
  await client.rest(`GET ${R}/nowhere`);
  await client.rest(`POST ${R}/issues/1/comments`, { body: 'b', subject_type: 'file' });
  expect(models.github.problems).toEqual([
    'not emulated: GET /repos/octo/models/nowhere',
    'issues/create-comment: GitHub knows no subject_type',
  ]);
});
