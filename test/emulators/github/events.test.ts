import { expect, it } from 'vitest';
import { startModels } from './_models.ts';
import {
  pullRequestEvent,
  pushEvent,
  scheduleEvent,
  workflowDispatchEvent,
  workflowRunEvent,
} from './start-github.ts';

it('a pull request is run on its merge, and names its head', async () => {
  await using models = await startModels();
  const { repository, pull } = models;
  const event = pullRequestEvent(repository, pull);
  expect(event).toMatchObject({
    name: 'pull_request',
    ref: 'refs/pull/1/merge',
    baseRef: 'main',
    headRef: 'smaller',
    payload: { number: 1, pull_request: { head: { sha: pull.head.sha } } },
  });
  expect(event.sha).not.toBe(pull.head.sha);
  expect(repository.commitAt(event.sha).parents).toContain(pull.head.sha);
});

it('a push names both ends', async () => {
  await using models = await startModels();
  const before = models.repository.commitAt('main').sha;
  const after = models.repository.push('main', { 'a.onnx': 'x' });
  expect(pushEvent(models.repository, 'main', before).payload).toMatchObject({ before, after });
  expect(pushEvent(models.repository, 'main').payload.before).toMatch(/^0{40}$/);
});

it('a run after another one does not tell the pull request of a fork', async () => {
  await using models = await startModels();
  const { repository, pull, github } = models;
  expect(workflowRunEvent(repository, pull).payload).toMatchObject({
    workflow_run: { pull_requests: [{ number: 1 }] },
  });
  const fork = github.fork(repository, 'mallory');
  fork.push('evil', { a: 'b' }, { from: 'main' });
  const foreign = repository.openPull({ head: 'evil', headRepository: fork });
  const event = workflowRunEvent(repository, foreign);
  expect(event).toMatchObject({
    ref: 'refs/heads/main',
    sha: repository.commitAt('main').sha,
    payload: {
      workflow_run: {
        pull_requests: [],
        head_sha: foreign.head.sha,
        head_repository: { full_name: 'mallory/models' },
      },
    },
  });
});

it('others run on the default branch', async () => {
  await using models = await startModels();
  const { sha } = models.repository.commitAt('main');
  for (const event of [scheduleEvent(models.repository), workflowDispatchEvent(models.repository)])
    expect(event).toMatchObject({ sha, ref: 'refs/heads/main' });
});
