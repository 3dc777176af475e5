import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BLOB_MAX_BYTES, blobId, openRepository } from '../../../action/github/repository.ts';
import { AFTER, type Models, startModels } from '../../emulators/github/_models.ts';
import { open } from './_open.ts';

let models: Models;
beforeAll(async () => {
  models = await startModels();
});
afterAll(() => models[Symbol.asyncDispose]());

const reader = () => openRepository(open(models.github, models.repository).client);

test('the merge base is not the tip of the branch', async () => {
  const { pull, repository } = models;
  const base = await reader().mergeBase(pull.base.sha, pull.head.sha);
  expect(base).toMatch(/^[0-9a-f]{40}$/);
  expect(base).not.toBe(repository.commitAt('main').sha);
  expect(await reader().mergeBase('f'.repeat(40), pull.head.sha)).toBeUndefined();
});

test('a tree of a commit has files with ids and sizes', async () => {
  const { entries, isTruncated } = await reader().tree(models.pull.head.sha, { recursive: true });
  expect(isTruncated).toBe(false);
  expect(entries).toContainEqual({
    path: 'models/a.onnx',
    kind: 'file',
    id: blobId(AFTER),
    bytes: 3,
  });
  const { entries: root } = await reader().tree(models.pull.head.sha, { recursive: false });
  expect(root).toContainEqual(expect.objectContaining({ path: 'models', kind: 'folder' }));
});

describe('a blob', () => {
  test('comes as it is, whatever bytes it has', async () => {
    const bytes = new Uint8Array(70_000).map((_, at) => (at * 7) % 256);
    models.repository.push('bytes', { 'x.bin': bytes }, { from: 'main' });
    expect(await reader().blob(blobId(bytes), bytes.length)).toEqual(bytes);
  });

  test('of nothing is nothing', async () => {
    models.repository.push('empty', { 'x.bin': '' }, { from: 'main' });
    expect(await reader().blob(blobId(new Uint8Array()), 0)).toEqual(new Uint8Array());
  });

  test('has the size that was told', async () => {
    const id = blobId(AFTER);
    await expect(reader().blob(id, 2)).rejects.toThrow('more than the 2 bytes');
    await expect(reader().blob(id, 4)).resolves.toEqual(AFTER);
  });

  test('that is too large for the API is refused before it is asked for', async () => {
    models.github.forgetCalls();
    await expect(reader().blob(blobId(AFTER), BLOB_MAX_BYTES + 1)).rejects.toThrow(
      'more than GitHub',
    );
    expect(models.github.calls).toEqual([]);
  });

  test('that is not there, or may not be read, says which right is missing', async () => {
    await expect(reader().blob('f'.repeat(40), 1)).rejects.toMatchObject({
      hint: expect.stringContaining('contents: read'),
    });
    const { client } = open(models.github, models.repository, {});
    await expect(openRepository(client).blob(blobId(AFTER), 3)).rejects.toMatchObject({
      exitCode: 2,
    });
  });
});

test('names of blobs are those of Git', () => {
  // git hash-object of "hello\n" with either hash.
  expect(blobId(Buffer.from('hello\n'))).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
  expect(blobId(Buffer.from('hello\n'), 64)).toBe(
    '2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4',
  );
});

test('the pull request of a fork is found by its branch, and only with this very commit', async () => {
  const fork = models.github.fork(models.repository, 'mallory');
  const sha = fork.push('patch', { 'models/a.onnx': 'theirs' }, { from: 'main' });
  const pull = models.repository.openPull({
    head: 'patch',
    headRepository: fork,
    author: 'mallory',
  });
  const repository = { owner: 'mallory', repo: 'models' };
  const found = await reader().pullRequestOf({ repository, branch: 'patch', sha });
  expect(found).toMatchObject({ number: pull.number, isFork: true, headSha: sha, baseRef: 'main' });
  expect(
    await reader().pullRequestOf({ repository, branch: 'patch', sha: 'e'.repeat(40) }),
  ).toBeUndefined();
  expect(
    await reader().pullRequestOf({
      repository: { owner: 'octo', repo: 'models' },
      branch: 'patch',
      sha,
    }),
  ).toBeUndefined();
});

test('nothing that was asked is unknown to GitHub', () => {
  expect(models.github.problems).toEqual([]);
});
