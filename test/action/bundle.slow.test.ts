/** The committed bundle, run as a runner would run it, from the first comment to the last. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pushEvent, scheduleEvent } from '../emulators/github/start-github.ts';
import { ACTION, configOf, startWorld, type World } from './_bundle.ts';
import { onnxModel, splitModel } from './_models.ts';

let world: World;

beforeEach(async () => {
  world = await startWorld();
});
afterEach(async () => {
  // Whatever a case is about, requests are as GitHub wants them, and writes one after another.
  const { problems, parallelWrites } = world.github;
  await world[Symbol.asyncDispose]();
  expect(problems).toEqual([]);
  expect(parallelWrites).toBeLessThanOrEqual(1);
});

/** A pull request that changes all three models. */
function openChange() {
  world.repository.push(
    'change',
    {
      'models/a.onnx': onnxModel(11),
      'models/b.onnx': onnxModel(12),
      'models/c.onnx': onnxModel(13),
    },
    { from: 'main' },
  );
  return world.repository.openPull({ head: 'change', author: 'alice' });
}

describe('the bundle', () => {
  it('is one file without native code, under 2 MB', () => {
    const path = join(ACTION, 'action', 'dist', 'main.js');
    expect(statSync(path).size).toBeLessThan(2_000_000);
    expect(readFileSync(path, 'utf8')).not.toMatch(
      /(from|import|require)\s*\(?["'][^"']*\.node["']/,
    );
  });
});

describe('a pull request', () => {
  it('has one comment and one thread a breach, with few requests and one mail for the review', async () => {
    const pull = openChange();
    world.fates.set('a', 'broken').set('b', 'broken');
    const done = await world.runFor(pull);
    expect(done.exitCode).toBe(1);
    expect(done.outputs).toMatchObject({
      verdict: 'regressed',
      'comment-url': expect.stringMatching(/\/octo\/models\/pull\/1#issuecomment-\d+$/),
      'changed-models': '["models/a.onnx","models/b.onnx","models/c.onnx"]',
    });
    expect(pull.comments).toMatchObject([{ author: { login: 'github-actions[bot]' } }]);
    expect(pull.comments[0]?.body).toMatch(/Regressed/);
    expect(pull.threads.map(({ path, subject }) => [path, subject])).toEqual([
      ['models/a.onnx', 'file'],
      ['models/b.onnx', 'file'],
    ]);
    expect(pull.notifications).toBe(2);
    expect(done.requests.length).toBeLessThanOrEqual(15);
    expect(done.writes.length).toBeLessThanOrEqual(4);
    expect(done.summary).toMatch(/Regressed/);
    expect(done.annotations).toMatchObject([
      { level: 'error', file: 'fettle.yml', line: 5 },
      { level: 'error', file: 'fettle.yml', line: 9 },
    ]);
    expect(done.warnings).toEqual([]);
    expect(done.rawLog.replace(`::add-mask::${done.token}`, '')).not.toContain(done.token);
  });

  it('is left as it is by a second run, and by one that finds the same after a push', async () => {
    const pull = openChange();
    world.fates.set('a', 'broken');
    await world.runFor(pull);
    const again = await world.runFor(pull);
    expect(again.writes).toEqual([]);
    expect(again.exitCode).toBe(1);
    expect(again.outputs['comment-url']).toMatch(/issuecomment/);
  });

  it('that fixes it has the same comment, and a thread that says so', async () => {
    const pull = openChange();
    world.fates.set('a', 'broken');
    await world.runFor(pull);
    const [comment] = pull.comments;
    world.fates.clear();
    const head = world.repository.push('change', { 'models/a.onnx': onnxModel(21) });
    const done = await world.runFor(pull);
    expect(done.exitCode).toBe(0);
    expect(pull.comments).toHaveLength(1);
    expect(pull.comments[0]).toBe(comment);
    expect(comment?.body).toMatch(/OK/);
    expect(pull.threads).toHaveLength(1);
    expect(pull.threads[0]?.comments[0]?.body).toContain(`fixed in \`${head.slice(0, 12)}\``);
    expect(pull.threads[0]?.resolvedBy).toBeUndefined();
    // Edits send no mails.
    expect(pull.notifications).toBe(2);
  });

  it('has its thread resolved where that was granted, and opened again', async () => {
    const permissions = { contents: 'write', 'pull-requests': 'write' } as const;
    const pull = openChange();
    world.fates.set('a', 'broken');
    await world.runFor(pull, { permissions });
    world.fates.clear();
    world.repository.push('change', { 'models/a.onnx': onnxModel(21) });
    await world.runFor(pull, { permissions });
    expect(pull.threads[0]?.resolvedBy?.login).toBe('github-actions[bot]');
    world.fates.set('a', 'broken');
    world.repository.push('change', { 'models/a.onnx': onnxModel(31) });
    await world.runFor(pull, { permissions });
    expect(pull.threads).toHaveLength(1);
    expect(pull.threads[0]?.resolvedBy).toBeUndefined();
  });

  it('is judged by `fail-on`', async () => {
    const pull = openChange();
    world.fates.set('a', 'inconclusive');
    expect((await world.runFor(pull)).exitCode).toBe(0);
    const strict = await world.runFor(pull, { inputs: { 'fail-on': 'inconclusive' } });
    expect(strict).toMatchObject({ exitCode: 1, outputs: { verdict: 'inconclusive' } });
    world.fates.set('a', 'broken');
    const never = await world.runFor(pull, { inputs: { 'fail-on': 'never' } });
    expect(never).toMatchObject({ exitCode: 0, outputs: { verdict: 'regressed' } });
  });

  it('is written where `comment` says, and a status where it is asked for', async () => {
    const pull = openChange();
    world.fates.set('a', 'broken');
    const none = await world.runFor(pull, { inputs: { comment: 'none' } });
    expect(none.writes).toEqual([]);
    expect(none.summary).toMatch(/Regressed/);
    const permissions = { contents: 'read', 'pull-requests': 'write', statuses: 'write' } as const;
    const inputs = { comment: 'review', 'commit-status': 'true' };
    await world.runFor(pull, { permissions, inputs });
    expect(pull.comments).toEqual([]);
    expect(pull.threads).toHaveLength(1);
    expect(world.repository.statuses).toMatchObject([
      { sha: pull.head.sha, state: 'failure', context: expect.stringMatching(/^fettle/) },
    ]);
  });

  it("takes no comment for its own that somebody else wrote, and one that others' pages hide", async () => {
    const pull = openChange();
    await world.runFor(pull);
    const own = pull.comments.splice(0);
    const mallory = world.repository.world.account('mallory');
    const date = new Date();
    const foreign = (id: number, body: string) => ({
      id: 100_000 + id,
      author: mallory,
      body,
      createdAt: date,
      updatedAt: date,
      editors: [],
    });
    const forged = foreign(0, own[0]?.body ?? '');
    pull.comments.push(forged);
    for (let n = 1; n < 250; n++) pull.comments.push(foreign(n, `noise ${n}`));
    pull.comments.push(...own);
    world.fates.set('a', 'broken');
    const done = await world.runFor(pull);
    expect(pull.comments).toHaveLength(251);
    expect(forged.editors).toEqual([]);
    expect(own[0]?.body).toMatch(/Regressed/);
    expect(done.outputs['comment-url']).toMatch(new RegExp(`issuecomment-${own[0]?.id}$`));
  });

  it('with 10,000 comments has one of its own', async () => {
    const pull = openChange();
    const author = world.repository.world.account('alice');
    const date = new Date();
    for (let id = 200_000; id < 210_000; id++)
      pull.comments.push({ id, author, body: 'x', createdAt: date, updatedAt: date, editors: [] });
    await world.runFor(pull);
    world.fates.set('a', 'broken');
    const done = await world.runFor(pull);
    expect(pull.comments).toHaveLength(10_001);
    expect(pull.comments.at(-1)?.body).toMatch(/Regressed/);
    expect(done.writes).toContain('issues/update-comment');
  });

  it('on an Enterprise Server is found at the addresses of the runner', async () => {
    await using own = await startWorld({ isEnterprise: true });
    own.repository.push('change', { 'models/a.onnx': onnxModel(11) }, { from: 'main' });
    const pull = own.repository.openPull({ head: 'change' });
    own.fates.set('a', 'broken');
    const done = await own.runFor(pull);
    expect(own.github.apiUrl).toMatch(/\/api\/v3$/);
    expect(done).toMatchObject({ exitCode: 1, outputs: { verdict: 'regressed' } });
    expect(pull.comments).toHaveLength(1);
    expect(pull.threads).toHaveLength(1);
    expect(own.github.problems).toEqual([]);
  });

  it('with two jobs at once has one comment in the end', async () => {
    const pull = openChange();
    world.fates.set('a', 'broken');
    // Each job has a token of its own.
    const [one, other] = await Promise.all([world.runFor(pull), world.runFor(pull)]);
    expect([one.exitCode, other.exitCode]).toEqual([1, 1]);
    await world.runFor(pull);
    expect(pull.comments).toHaveLength(1);
  });
});

describe('what changed', () => {
  it('models that are new, gone and moved', async () => {
    world.repository.push(
      'change',
      {
        'fettle.yml': configOf(['a', 'moved', 'new']),
        'models/b.onnx': null,
        'models/moved.onnx': onnxModel(2),
        'models/c.onnx': null,
        'models/new.onnx': onnxModel(5),
      },
      { from: 'main' },
    );
    const pull = world.repository.openPull({ head: 'change' });
    const done = await world.runFor(pull);
    const asked = world.api.asked.map((message) =>
      message.action === 'compare' ? [message.name, message.base !== null] : [],
    );
    expect(asked).toEqual(expect.arrayContaining([['new', false]]));
    expect(asked.map(([name]) => name)).not.toContain('a');
    expect(done.exitCode).toBe(0);
    expect(pull.comments[0]?.body).toMatch(/`new`/);
    expect(pull.comments[0]?.body).toMatch(/removed|gone/i);
  });

  it('models in Git LFS are known by their pointers: nothing is downloaded', async () => {
    const { repository } = world;
    const [before, after] = [repository.lfs.add(onnxModel(1)), repository.lfs.add(onnxModel(2))];
    repository.push('main', { 'models/a.onnx': before });
    repository.push('change', { 'models/a.onnx': after }, { from: 'main' });
    const done = await world.runFor(repository.openPull({ head: 'change' }));
    expect(done.exitCode).toBe(0);
    expect(done.outputs['changed-models']).toBe('["models/a.onnx"]');
    expect(done.requests.filter((operation) => operation.startsWith('lfs/'))).toEqual([]);
    const [asked] = world.api.asked;
    const oid = /sha256:[0-9a-f]{64}/.exec(after)?.[0];
    expect(JSON.stringify(asked)).toContain(oid);
  });

  it('models of several files are one', async () => {
    const [before, after] = [splitModel('big.onnx', 1), splitModel('big.onnx', 2)];
    const files = { 'models/big.onnx': before.header, 'models/big.onnx.data': before.weights };
    world.repository.push('main', { ...files, 'fettle.yml': null });
    world.repository.push('change', { 'models/big.onnx.data': after.weights }, { from: 'main' });
    const done = await world.runFor(world.repository.openPull({ head: 'change' }));
    expect(done.outputs['changed-models']).toBe('["models/big.onnx"]');
  });

  it('without a configuration it is every model in the diff: what has the name of one is looked into', async () => {
    world.repository.push('main', { 'fettle.yml': null });
    world.repository.push(
      'change',
      { 'elsewhere/d.onnx': onnxModel(8), 'models/a.onnx': onnxModel(11), 'fake.onnx': 'no model' },
      { from: 'main' },
    );
    const done = await world.runFor(world.repository.openPull({ head: 'change' }));
    const paths: string[] = JSON.parse(done.outputs['changed-models'] ?? '[]');
    expect(paths.toSorted()).toEqual(['elsewhere/d.onnx', 'models/a.onnx']);
  });

  it('against the merge base, and not the tip of the branch', async () => {
    const pull = openChange();
    world.repository.push('main', { 'models/a.onnx': onnxModel(99) });
    await world.runFor(pull);
    const asked = world.api.asked.find((one) => one.action === 'compare' && one.name === 'a');
    const base = asked?.action === 'compare' && asked.base;
    const bytes = Buffer.from(onnxModel(1));
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    expect(JSON.stringify(base)).toContain(digest);
  });

  it('nothing: no comment, and success', async () => {
    world.repository.push('change', { 'README.md': 'other' }, { from: 'main' });
    const pull = world.repository.openPull({ head: 'change' });
    const done = await world.runFor(pull);
    expect(done).toMatchObject({ exitCode: 0, outputs: { 'changed-models': '[]' }, writes: [] });
    expect(pull.comments).toEqual([]);
  });

  it('names are data, whatever is in them', async () => {
    const name = 'models/ünï`|<b>@alice [x](y) ☃.onnx';
    world.repository.push('main', { 'fettle.yml': null });
    world.repository.push('change', { [name]: onnxModel(4) }, { from: 'main' });
    const pull = world.repository.openPull({ head: 'change' });
    const done = await world.runFor(pull);
    expect(done.exitCode).toBe(0);
    expect(JSON.parse(done.outputs['changed-models'] ?? '')).toEqual([name]);
    const body = pull.comments[0]?.body ?? '';
    expect(body).not.toMatch(/<b>/);
    // Outside of code, where it would call somebody.
    expect(body.replace(/`[^`]*`|<code>.*?<\/code>/g, '')).not.toMatch(/@alice/);
  });

  it('200 models: one comment that fits, its verdict in it, and few requests', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `m${index}`);
    const files = (offset: number) =>
      Object.fromEntries(
        names.map((name, index) => [`models/${name}.onnx`, onnxModel((index + offset) % 256)]),
      );
    world.repository.push('main', { 'fettle.yml': configOf(names), ...files(0) });
    world.repository.push('change', files(1), { from: 'main' });
    const pull = world.repository.openPull({ head: 'change' });
    for (const name of names.slice(0, 30)) world.fates.set(name, 'broken');
    const done = await world.runFor(pull, { seconds: 120 });
    expect(done.exitCode).toBe(1);
    expect(pull.comments).toHaveLength(1);
    const body = pull.comments[0]?.body ?? '';
    expect([...body].length).toBeLessThanOrEqual(65_536);
    expect(body).toMatch(/200 models: 30 regressed/);
    expect(done.summary).toMatch(/m199/);
    // More threads than these help nobody: the summary names the others.
    expect(pull.threads).toHaveLength(20);
    expect(pull.notifications).toBe(2);
    expect(done.writes.length).toBeLessThanOrEqual(4);
  });
});

describe('what is wrong', () => {
  it('in the configuration is annotated on its line, and in the comment', async () => {
    const broken = `${configOf(['a'])}    varants: [int8]\n`;
    world.repository.push('change', { 'fettle.yml': broken }, { from: 'main' });
    const pull = world.repository.openPull({ head: 'change' });
    const done = await world.runFor(pull);
    expect(done.exitCode).toBe(1);
    expect(done.annotations).toMatchObject([
      { level: 'error', file: 'fettle.yml', line: 7, message: expect.stringMatching(/varants/) },
    ]);
    expect(pull.comments[0]?.body).toMatch(/varants/);
  });

  it.each([
    ['mode', 'remote', /input "mode".*local, aws/],
    ['fail-on', 'always', /input "fail-on"/],
    ['config', '../secret.yml', /input "config"/],
    ['comment', 'all', /input "comment"/],
  ])('in the input %s is told with what is allowed', async (name, value, told) => {
    const done = await world.runFor(openChange(), { inputs: { [name]: value } });
    expect(done.exitCode).toBe(1);
    expect(done.requests).toEqual([]);
    expect(done.annotations).toMatchObject([
      { level: 'error', message: expect.stringMatching(told) },
    ]);
  });
});

describe('other events', () => {
  it('a push compares what it changed, without a comment', async () => {
    const before = world.repository.commitAt('main').sha;
    world.repository.push('main', { 'models/b.onnx': onnxModel(22) });
    world.fates.set('b', 'broken');
    const done = await world.run(pushEvent(world.repository, 'main', before));
    expect(done).toMatchObject({ exitCode: 1, writes: [], outputs: { verdict: 'regressed' } });
    expect(done.summary).toMatch(/Regressed/);
  });

  it('a schedule has nothing to compare in a stack that looks by itself, and says so', async () => {
    const done = await world.run(scheduleEvent(world.repository));
    expect(done.rawLog).not.toMatch(/Fettle itself failed/);
  });
});

describe('a pull request of a fork', () => {
  it('may only read: the summary has it all and tells what to do', async () => {
    const fork = world.github.fork(world.repository, 'mallory');
    fork.push('evil', { 'models/a.onnx': onnxModel(66) }, { from: 'main' });
    const pull = world.repository.openPull({ head: 'evil', headRepository: fork });
    world.fates.set('a', 'broken');
    const permissions = { contents: 'read', 'pull-requests': 'read' } as const;
    const done = await world.runFor(pull, { permissions });
    expect(done).toMatchObject({ exitCode: 1, outputs: { verdict: 'regressed' } });
    expect(pull.comments).toEqual([]);
    expect(done.summary).toMatch(/Regressed/);
    expect(done.summary).toMatch(/fork/);
  });

  it('is measured by the configuration of the base', async () => {
    const fork = world.github.fork(world.repository, 'mallory');
    const generous = configOf(['a']).replace('100 kB', '100 GB');
    fork.push('evil', { 'models/a.onnx': onnxModel(66), 'fettle.yml': generous }, { from: 'main' });
    const pull = world.repository.openPull({ head: 'evil', headRepository: fork });
    await world.runFor(pull);
    expect(world.api.asked).toMatchObject([{ config: { budget: { size: '100 kB' } } }]);
  });
});
