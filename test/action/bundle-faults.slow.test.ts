/** The committed bundle where GitHub fails: the report is in the summary, the exit code is that of the verdict. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pull } from '../emulators/github/start-github.ts';
import { startWorld, type World } from './_bundle.ts';
import { onnxModel } from './_models.ts';

let world: World;
let pull: Pull;

beforeEach(async () => {
  world = await startWorld();
  world.repository.push('change', { 'models/a.onnx': onnxModel(11) }, { from: 'main' });
  pull = world.repository.openPull({ head: 'change' });
  world.fates.set('a', 'broken');
});
afterEach(async () => {
  const { problems } = world.github;
  await world[Symbol.asyncDispose]();
  expect(problems).toEqual([]);
});

/** What a first run of one broken model asks, in this order. */
const READING = ['repos/compare-commits-with-basehead', 'git/get-tree', 'git/get-blob'] as const;
const POSTING = [
  'graphql/repository',
  'graphql/addPullRequestReview',
  'graphql/addPullRequestReviewThread',
  'issues/create-comment',
] as const;

it('the lists below are what is asked', async () => {
  const { requests } = await world.runFor(pull);
  const asked = new Set(requests.flatMap((operation) => operation.split(' ')));
  asked.delete('graphql/submitPullRequestReview');
  expect([...asked]).toEqual([...READING, ...POSTING]);
});

describe('for a moment', () => {
  it.each(
    [...READING, 'graphql/repository'].flatMap((operation) =>
      [429, 500, 502].map((status) => [status, operation] as const),
    ),
  )('%d of %s: nobody notices', async (status, operation) => {
    world.github.addFaults({ operation, status, times: 1 });
    const done = await world.runFor(pull);
    expect(done).toMatchObject({ exitCode: 1, outputs: { verdict: 'regressed' } });
    expect(pull.comments).toHaveLength(1);
    expect(pull.threads).toHaveLength(1);
  });

  it.each(['issues/create-comment', 'graphql/addPullRequestReview'])(
    'limited, %s is tried again after what GitHub asks for',
    async (operation) => {
      world.github.addFaults({ operation, status: 429, times: 1, headers: { 'retry-after': '2' } });
      const done = await world.runFor(pull);
      expect(done.milliseconds).toBeGreaterThan(2000);
      expect(pull.comments).toHaveLength(1);
      expect(pull.threads).toHaveLength(1);
    },
  );

  it('a comment whose answer was lost is not written twice', async () => {
    world.github.addFaults({ operation: 'issues/create-comment', connection: 'lost', times: 1 });
    await world.runFor(pull);
    await world.runFor(pull);
    expect(pull.comments).toHaveLength(1);
  });

  it('a review that was begun and not submitted is not in the way of the next run', async () => {
    const operation = 'graphql/addPullRequestReviewThread';
    world.github.addFaults({ operation, status: 502, times: 1 });
    await world.runFor(pull);
    await world.runFor(pull);
    expect(pull.reviews.filter(({ state }) => state === 'PENDING')).toEqual([]);
    expect(pull.threads).toHaveLength(1);
  });
});

describe('for good', () => {
  it.each(
    POSTING.flatMap((operation) => [403, 404, 422].map((status) => [status, operation] as const)),
  )('%d of %s: the summary has the report, and says what is missing', async (status, operation) => {
    world.github.addFaults({ operation, status });
    const done = await world.runFor(pull);
    expect(done).toMatchObject({ exitCode: 1, outputs: { verdict: 'regressed' } });
    expect(done.summary).toMatch(/Regressed/);
    expect(done.summary).toMatch(/Not posted|did not let/);
    expect(done.rawLog).not.toMatch(/Fettle itself failed|\n\s+at /);
  });

  it.each(
    READING.flatMap((operation) => [403, 404, 422].map((status) => [status, operation] as const)),
  )('%d of %s: nothing is measured, and why is told', async (status, operation) => {
    world.github.addFaults({ operation, status });
    const done = await world.runFor(pull);
    expect(done.exitCode).toBe(1);
    expect(done.annotations.some(({ level }) => level === 'error')).toBe(true);
    expect(done.rawLog).not.toMatch(/Fettle itself failed|\n\s+at /);
  });

  it('GitHub is down at the end: the summary has the report, the exit code is the truth', async () => {
    world.github.addFaults({ operation: /^(graphql|issues)\//, connection: 'reset' });
    const done = await world.runFor(pull, { seconds: 120 });
    expect(done).toMatchObject({ exitCode: 1, outputs: { verdict: 'regressed' } });
    expect(done.summary).toMatch(/Regressed/);
    world.fates.clear();
    const fine = await world.runFor(pull, { seconds: 120 });
    expect(fine).toMatchObject({ exitCode: 0, outputs: { verdict: 'ok' } });
  });

  it('a thread that GitHub does not take is told in the summary comment', async () => {
    await using strict = await startWorld({ binaryComments: 'refused' });
    strict.repository.push('change', { 'models/a.onnx': onnxModel(11) }, { from: 'main' });
    const own = strict.repository.openPull({ head: 'change' });
    strict.fates.set('a', 'broken');
    const done = await strict.runFor(own);
    expect(done.exitCode).toBe(1);
    expect(own.threads).toEqual([]);
    expect(own.comments[0]?.body).toMatch(/review/i);
    expect(own.reviews.filter(({ state }) => state === 'PENDING')).toEqual([]);
  });
});
