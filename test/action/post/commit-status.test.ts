import { afterAll, beforeAll, expect, it } from 'vitest';
import { postStatus } from '../../../action/post/commit-status.ts';
import { REPOSITORY, type Stage, startStage } from './_stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

const RIGHTS = { contents: 'read', statuses: 'write' } as const;
const statuses = () =>
  [...stage.repository.statuses.values()].flat().map(({ sha, context, state, description }) => ({
    sha,
    context,
    state,
    description,
  }));

it('has a fixed name, stands on the head, and is written where it says something new', async () => {
  const api = stage.api(RIGHTS);
  const sha = stage.pull.head.sha;
  const ok = stage.outcome({ a: 'ok', c: 'inconclusive' });
  await postStatus(api, REPOSITORY, ok, 'https://example.com/run');
  await postStatus(api, REPOSITORY, ok);
  expect(statuses()).toEqual([
    { sha, context: 'fettle', state: 'success', description: '2 models: 1 inconclusive, 1 OK.' },
  ]);
  await postStatus(api, REPOSITORY, stage.outcome({ b: 'broken' }));
  expect(statuses()).toHaveLength(2);
  expect(statuses()).toContainEqual({
    sha,
    context: 'fettle',
    state: 'failure',
    description: '1 model: 1 regressed, 0 OK.',
  });
});

it('another configuration has another name; a problem is an error', async () => {
  const problems = [{ level: 'error', message: 'x' }] as const;
  const { report: _, ...rest } = stage.outcome({}, { problems, configPath: 'ml/fettle.yml' });
  await postStatus(stage.api(RIGHTS), REPOSITORY, rest);
  expect(statuses()).toContainEqual(
    expect.objectContaining({ context: 'fettle/ml/fettle.yml', state: 'error' }),
  );
});

it('without the right it throws what GitHub says', async () => {
  const missing = postStatus(
    stage.api({ contents: 'read' }),
    REPOSITORY,
    stage.outcome({ a: 'ok' }),
  );
  await expect(missing).rejects.toMatchObject({ status: 403 });
});
