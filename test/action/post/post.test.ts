import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Stage, startStage } from './_stage.ts';

let stage: Stage;
let folder: string;
beforeEach(async () => {
  stage = await startStage();
  folder = await mkdtemp(join(tmpdir(), 'fettle-post-'));
});
afterEach(async () => {
  expect(stage.github.problems).toEqual([]);
  expect(stage.github.parallelWrites).toBeLessThanOrEqual(1);
  await stage[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const texts = (): string[] => stage.pull.comments.map(({ body }) => body);
const threads = () =>
  stage.pull.threads.map(({ path, comments, resolvedBy, subject }) => ({
    path,
    subject,
    isResolved: resolvedBy !== undefined,
    body: comments[0]?.body.split('\n')[1],
  }));

describe('a pull request', () => {
  it('three models, one broken: one comment, one thread, one mail each, at most four writes', async () => {
    const posted = await stage.post(stage.outcome({ a: 'ok', b: 'broken', c: 'inconclusive' }));
    expect(posted.failures).toEqual([]);
    expect(posted.commentUrl).toContain('/octo/models/pull/1#issuecomment-');
    expect(texts()).toHaveLength(1);
    expect(texts()[0]).toMatch(
      /^<!-- fettle:report -->\n<!-- [0-9a-f]{16} -->\n## ❌ Fettle: Regressed/,
    );
    expect(threads()).toEqual([
      {
        path: 'b.onnx',
        subject: 'file',
        isResolved: false,
        body: '❌ **Fettle**: `b` is over budget',
      },
    ]);
    expect(stage.pull.reviews).toMatchObject([{ state: 'COMMENTED', commit: stage.pull.head.sha }]);
    expect(stage.pull.notifications).toBe(2);
    expect(stage.github.writes.length).toBeLessThanOrEqual(4);
    expect(stage.github.calls.length).toBeLessThanOrEqual(6);
  });

  it('the same again writes nothing, whatever the milliseconds', async () => {
    const outcome = stage.outcome({ a: 'ok', b: 'broken' });
    await stage.post(outcome);
    stage.github.forgetCalls();
    const { report } = outcome;
    if (report === undefined) throw new Error('it has one');
    const later = {
      ...outcome,
      report: { ...report, seconds: 99, startedAt: '2026-11-25T00:00:00Z' },
    };
    const posted = await stage.post(later);
    expect(posted.commentUrl).toBeDefined();
    expect(stage.github.writes).toEqual([]);
    expect(stage.github.calls).toHaveLength(1);
  });

  it('a push that fixes it: the thread says so and in which commit, and is resolved where that is granted', async () => {
    await stage.post(stage.outcome({ b: 'broken' }));
    const sha = stage.push({ 'b.onnx': 'smaller' });
    await stage.post(stage.outcome({ b: 'ok' }), {
      rights: { contents: 'write', 'pull-requests': 'write' },
    });
    expect(threads()).toEqual([
      {
        path: 'b.onnx',
        subject: 'file',
        isResolved: true,
        body: `✅ **Fettle**: fixed in \`${sha.slice(0, 12)}\`, \`b\` is within what it may be`,
      },
    ]);
    expect(texts()).toHaveLength(1);
    expect(texts()[0]).toContain('✅ Fettle: OK');
  });

  it('with less it stays open and says so all the same; that is no failure', async () => {
    await stage.post(stage.outcome({ b: 'broken' }));
    stage.push({ 'b.onnx': 'smaller' });
    const posted = await stage.post(stage.outcome({ b: 'ok' }));
    expect(posted.failures).toEqual([]);
    expect(threads()).toMatchObject([{ isResolved: false, body: /fixed in/ }]);
    expect(stage.log.lines.join('\n')).toContain('contents: write');
    // The next run has nothing to change.
    stage.github.forgetCalls();
    await stage.post(stage.outcome({ b: 'ok' }));
    expect(stage.github.writes).toEqual([]);
  });

  it('broken again: the same thread is opened again', async () => {
    const rights = { contents: 'write', 'pull-requests': 'write' } as const;
    await stage.post(stage.outcome({ b: 'broken' }), { rights });
    stage.push({ 'b.onnx': 'smaller' });
    await stage.post(stage.outcome({ b: 'ok' }), { rights });
    stage.push({ 'b.onnx': 'large again' });
    await stage.post(stage.outcome({ b: 'broken' }), { rights });
    expect(threads()).toMatchObject([{ isResolved: false, body: /is over budget/ }]);
  });

  it('nothing changed and no comment: none is written', async () => {
    const { report: _, ...nothing } = stage.outcome({});
    await stage.post(nothing);
    expect(stage.github.writes).toEqual([]);
  });

  it('the change was taken back: comment and thread say so', async () => {
    await stage.post(stage.outcome({ b: 'broken' }));
    stage.push({ 'b.onnx': 'b.onnx\0 before' });
    const { report: _, ...nothing } = stage.outcome({});
    await stage.post(nothing);
    expect(texts()[0]).toContain('No model changed.');
    expect(threads()).toMatchObject([{ body: /no longer changed/ }]);
  });

  it('a late run of an older commit changes nothing', async () => {
    const old = stage.outcome({ b: 'broken' });
    stage.push({ 'b.onnx': 'smaller' });
    await stage.post(stage.outcome({ b: 'ok' }));
    stage.github.forgetCalls();
    await stage.post(old);
    expect(stage.github.writes).toEqual([]);
  });

  it('only data changed: the summary alone says it', async () => {
    const outcome = stage.outcome({ b: 'broken' });
    const changes = outcome.changes.map(({ base: _, ...change }) => ({
      ...change,
      ...(change.head && { base: change.head }),
    }));
    const posted = await stage.post({ ...outcome, changes });
    expect(threads()).toEqual([]);
    expect(posted.failures).toEqual([]);
    expect(texts()[0]).toContain('❌ Fettle: Regressed');
  });
});

describe('comments of others', () => {
  it('a forged marker is not touched', async () => {
    const forged = '<!-- fettle:report -->\n## ✅ Fettle: OK\n';
    const mallory = stage.repository.world.account('mallory');
    const date = new Date();
    stage.pull.comments.push({
      id: 7,
      author: mallory,
      body: forged,
      createdAt: date,
      updatedAt: date,
      editors: [],
    });
    await stage.post(stage.outcome({ b: 'broken' }));
    expect(texts()).toHaveLength(2);
    expect(texts()[0]).toBe(forged);
    expect(stage.pull.comments[0]?.editors).toEqual([]);
  });

  it('ours is found behind four hundred others, and written once', async () => {
    const other = stage.repository.world.account('talker');
    const date = new Date();
    for (let id = 10; id < 410; id++) {
      stage.pull.comments.push({
        id,
        author: other,
        body: `${id}`,
        createdAt: date,
        updatedAt: date,
        editors: [],
      });
    }
    await stage.post(stage.outcome({ b: 'ok' }));
    stage.push({ 'b.onnx': 'smaller' });
    await stage.post(stage.outcome({ b: 'inconclusive' }));
    expect(stage.pull.comments).toHaveLength(401);
    expect(texts().at(-1)).toContain('Inconclusive');
  });

  it('two jobs at once leave one comment', async () => {
    const outcome = stage.outcome({ b: 'ok' });
    await Promise.all([stage.post(outcome), stage.post(outcome)]);
    await stage.post(outcome);
    expect(texts()).toHaveLength(1);
  });
});

describe('what GitHub refuses', () => {
  it.each([403, 404, 422, 429, 500])(
    '%i of everything: no throw; log and summary say it',
    async (status) => {
      stage.github.addFaults({ operation: /./, status });
      const summaryPath = join(folder, `summary-${status}`);
      const posted = await stage.post(stage.outcome({ b: 'broken' }), {
        summaryPath,
        status: true,
      });
      expect(posted.commentUrl).toBeUndefined();
      expect(posted.failures.length).toBeGreaterThan(1);
      const summary = readFileSync(summaryPath, 'utf8');
      expect(summary).toContain('❌ Fettle: Regressed');
      expect(summary).toContain('### Not posted');
      expect(stage.log.lines.filter((line) => line.startsWith('warn:'))).toHaveLength(
        posted.failures.length,
      );
    },
  );

  it.each([
    ['graphql/addPullRequestReview', 403],
    ['graphql/addPullRequestReviewThread', 422],
    ['graphql/submitPullRequestReview', 500],
  ])('%s: the summary comment says that there is no thread', async (operation, status) => {
    stage.github.addFaults({ operation, status });
    const posted = await stage.post(stage.outcome({ b: 'broken' }));
    expect(posted.failures).toHaveLength(1);
    expect(texts()[0]).toContain('GitHub did not let Fettle begin a review thread');
    stage.github.clearFaults();
    await stage.post(stage.outcome({ b: 'broken' }));
    expect(threads()).toMatchObject([{ path: 'b.onnx' }]);
  });

  it.each(['refused', 'lost'] as const)(
    'a comment on a binary file, which is %s',
    async (binaryComments) => {
      await stage[Symbol.asyncDispose]();
      stage = await startStage({ binaryComments });
      const posted = await stage.post(stage.outcome({ a: 'ok', b: 'broken' }));
      expect(posted.failures).toHaveLength(1);
      expect(texts()[0]).toContain('GitHub did not let Fettle');
      expect(threads()).toEqual([]);
      expect(stage.pull.reviews.filter(({ state }) => state === 'PENDING')).toEqual([]);
    },
  );

  it('a review that an earlier run left half made is put away', async () => {
    const author = stage.repository.world.account('github-actions[bot]');
    stage.pull.reviews.push({
      id: 77,
      author,
      commit: stage.pull.head.sha,
      state: 'PENDING',
      body: '',
    });
    const posted = await stage.post(stage.outcome({ b: 'broken' }));
    expect(posted.failures).toEqual([]);
    expect(threads()).toHaveLength(1);
    expect(stage.pull.reviews.map(({ id }) => id)).not.toContain(77);
  });

  it('GraphQL: the comment goes by REST', async () => {
    stage.github.addFaults({ operation: /^graphql/, status: 403 });
    const outcome = stage.outcome({ b: 'broken' });
    await stage.post(outcome);
    await stage.post(outcome);
    expect(texts()).toHaveLength(1);
    expect(threads()).toEqual([]);
  });

  it('a fork without rights: the summary says how to set it up', async () => {
    await stage[Symbol.asyncDispose]();
    stage = await startStage({ isFork: true });
    const summaryPath = join(folder, 'summary');
    const rights = { contents: 'read', 'pull-requests': 'read' } as const;
    const posted = await stage.post(stage.outcome({ b: 'broken' }), { rights, summaryPath });
    expect(posted.failures.length).toBeGreaterThan(0);
    expect(readFileSync(summaryPath, 'utf8')).toContain('Pull requests from forks');
    expect(texts()).toEqual([]);
  });
});

it('what was asked for alone is posted', async () => {
  const outcome = stage.outcome({ b: 'broken' });
  await stage.post(outcome, { comment: { summary: false, review: true } });
  expect([texts().length, threads().length]).toEqual([0, 1]);
  await stage.post(outcome, { comment: { summary: false, review: false } });
  expect(stage.github.writes).toHaveLength(2);
});
